//! Which speech model is meant by a name or a path, and how to load it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use super::catalog::{Catalog, Location};
use crate::files::{hex, sha256};
use crate::transcript::whisper::{Decoding, ModelError, Whisper};

#[cfg(feature = "bundled-model")]
static BUNDLED: Option<&[u8]> = Some(include_bytes!("../../models/ggml-base-q8_0.bin"));
#[cfg(not(feature = "bundled-model"))]
static BUNDLED: Option<&[u8]> = None;

/// A speech model that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its name in the catalogue, or the file's own.
    pub name: String,
    /// What the catalogue says its hash is, for the model that is compiled in.
    bundled_sha256: Option<String>,
    path: Option<PathBuf>,
}

/// The model that `--model` names, sought in the `installed` folder too; the default one for `None`.
pub fn resolve(wanted: Option<&str>, installed: &Path) -> Result<Model> {
    let catalog = Catalog::builtin()?;
    let wanted = wanted.unwrap_or(catalog.default_name());
    let located = catalog.locate(wanted, installed)?;
    match located.location {
        Location::File(path) => Ok(Model { name: located.name, bundled_sha256: None, path: Some(path) }),
        Location::Bundled if BUNDLED.is_none() => Err(ModelError::NotBundled.into()),
        Location::Bundled => {
            let sha256 = catalog.find(wanted)?.sha256.clone();
            Ok(Model { name: located.name, bundled_sha256: sha256, path: None })
        }
    }
}

impl Model {
    /// Loads it, with so many threads for each chunk.
    pub fn load(&self, threads: u32) -> Result<Whisper> {
        self.load_for(Decoding::with_threads(threads))
    }

    /// Loads it for a way of decoding.
    pub fn load_for(&self, decoding: Decoding) -> Result<Whisper> {
        Ok(match &self.path {
            Some(path) => Whisper::from_file(path, decoding)?,
            None => Whisper::from_bytes(BUNDLED.ok_or(ModelError::NotBundled)?, decoding)?,
        })
    }

    /// Hash of its file. Reads the whole file, piece by piece, unless the model is compiled in.
    pub fn sha256(&self) -> Result<Option<String>> {
        let Some(path) = &self.path else { return Ok(self.bundled_sha256.clone()) };
        sha256(path).map(Some)
    }
}

/// Hash of the model that is compiled in, computed from its bytes.
#[must_use]
pub fn bundled_sha256() -> Option<String> {
    BUNDLED.map(|bytes| hex(&Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "bundled-model")]
    #[test]
    fn the_bundled_model_is_the_one_in_the_catalogue() {
        let catalog = Catalog::builtin().unwrap();
        assert_eq!(catalog.find("base").unwrap().sha256, bundled_sha256());
    }

    #[test]
    fn an_unknown_model_is_refused_with_the_way_out() {
        let error = resolve(Some("no-such-model"), Path::new("/nowhere")).unwrap_err().to_string();
        assert!(error.contains("models list"), "{error}");
    }
}
