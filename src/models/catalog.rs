//! The recognition models known by name: what they are, where they lie, how they get there.
//!
//! The list is data (`models/catalog.toml`, compiled in). A model is asked for by name or by path; a name resolves to
//! the weights that come with cutlist or to a file in the models folder, and never starts a download by itself: the
//! user's machine talks to the network only when told to `install`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::verify;

const BUILTIN: &str = include_str!("../../models/catalog.toml");

/// Why a model cannot be named or found.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The catalogue is not valid TOML, or has a key that means nothing.
    #[error("models/catalog.toml: {0}")]
    Syntax(#[from] toml::de::Error),
    /// An entry contradicts another one or itself.
    #[error("models/catalog.toml: model {name:?}: {why}")]
    Entry {
        /// The entry.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// No model has this name.
    #[error(
        "unknown model {name:?}{}; see `cutlist models list`, or pass the path of a ggml-*.bin file",
        did_you_mean(suggestions)
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that look like it, best first.
        suggestions: Vec<String>,
    },
    /// A known model whose file is not on this machine.
    #[error("model {name} is not installed ({} MiB, looked in {}); run `cutlist models install {name}`", mebibytes(*size_bytes), folder.display())]
    NotInstalled {
        /// The model.
        name: String,
        /// Size of the download.
        size_bytes: u64,
        /// Where it would be.
        folder: PathBuf,
    },
    /// The argument is a path at which there is nothing.
    #[error("no model file at {}; pass an existing ggml-*.bin file or a name from `cutlist models list`", path.display())]
    NoSuchFile {
        /// The path.
        path: PathBuf,
    },
    /// The argument is a folder.
    #[error("no model file at {}: it is a folder; pass the ggml-*.bin file in it, or make one of a folder of weights with `cutlist models import`", path.display())]
    Folder {
        /// The path.
        path: PathBuf,
    },
    /// There is a file, but no model in it.
    #[error(transparent)]
    Verify(#[from] verify::VerifyError),
    /// The system has no home directory to keep models in.
    #[error("no home directory to keep models in; set HOME, or pass --model with a path")]
    NoHome,
}

fn did_you_mean(suggestions: &[String]) -> String {
    if suggestions.is_empty() { String::new() } else { format!("; did you mean {}?", suggestions.join(" or ")) }
}

/// Whole mebibytes, rounded up, for messages.
#[must_use]
pub fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// One model, as `catalog.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What the user types.
    pub name: String,
    /// File name, on disk and where it is published.
    pub file: String,
    /// Exact size.
    pub size_bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// SHA-1 in lower-case hexadecimal; detects damage only, and is checked only where no SHA-256 is known.
    pub sha1: Option<String>,
    /// SPDX name of the licence of the weights.
    pub licence: String,
    /// False when the weights know English only.
    pub multilingual: bool,
    /// True when the weights come with cutlist.
    #[serde(default)]
    pub bundled: bool,
    /// Speed and accuracy in words.
    pub note: String,
}

/// Every model known by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    home: String,
    default: String,
    #[serde(rename = "model")]
    models: Vec<Model>,
}

/// Where a model's weights are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// They come with cutlist.
    Bundled,
    /// In a file.
    File(PathBuf),
}

/// Whether a model is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Comes with cutlist.
    Bundled,
    /// A file of the right size with a Whisper header; its checksum is `verify`'s business.
    Installed(PathBuf),
    /// There is a file, but not the right one.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Part of a download that `install` goes on with.
    Partial {
        /// The `.part` file.
        path: PathBuf,
        /// How much of it there is.
        done_bytes: u64,
    },
    /// Not here.
    Absent,
}

/// A model that was asked for and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The catalogue's name, or the file's own for a path.
    pub name: String,
    /// Where the weights are.
    pub location: Location,
    /// False when the weights know English only.
    pub multilingual: bool,
}

impl Catalog {
    /// The catalogue compiled into this program.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self::parse(BUILTIN)
    }

    /// Reads a catalogue; an unknown key, a duplicate or a malformed sum is an error.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        let catalog: Self = toml::from_str(text)?;
        for (i, model) in catalog.models.iter().enumerate() {
            let refuse = |why: &str| CatalogError::Entry { name: model.name.clone(), why: why.into() };
            let earlier = &catalog.models[..i];
            if earlier.iter().any(|m| m.name == model.name) {
                return Err(refuse("the name is taken by an earlier entry"));
            }
            if earlier.iter().any(|m| m.file == model.file) {
                return Err(refuse("the file is that of an earlier entry"));
            }
            // A name with a slash would be read as a path, and a file with one would leave the models folder.
            if !is_plain(&model.name) || !is_plain(&model.file) {
                return Err(refuse(
                    "name and file may hold only letters, digits, '.', '-' and '_', and begin with a letter",
                ));
            }
            if model.size_bytes < verify::HEADER_BYTES as u64 {
                return Err(refuse("size_bytes is too small for a model"));
            }
            if !model.sha256.as_deref().is_none_or(|sum| is_hex(sum, 64)) {
                return Err(refuse("sha256 is not 64 lower-case hexadecimal digits"));
            }
            if !model.sha1.as_deref().is_none_or(|sum| is_hex(sum, 40)) {
                return Err(refuse("sha1 is not 40 lower-case hexadecimal digits"));
            }
        }
        if !catalog.models.iter().any(|m| m.name == catalog.default) {
            return Err(CatalogError::Entry { name: catalog.default, why: "is the default but has no entry".into() });
        }
        Ok(catalog)
    }

    /// Address of the folder where the files are published.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Name of the model used when none is asked for.
    #[must_use]
    pub fn default_name(&self) -> &str {
        &self.default
    }

    /// Every model, in the order of the file.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model of this name; the file name (`ggml-small.en.bin`) is understood too.
    pub fn find(&self, name: &str) -> Result<&Model, CatalogError> {
        self.models
            .iter()
            .find(|m| m.name == name || m.file == name)
            .ok_or_else(|| CatalogError::Unknown { name: name.into(), suggestions: self.similar(name) })
    }

    /// Every model with its state in `folder`.
    #[must_use]
    pub fn list(&self, folder: &Path) -> Vec<(&Model, State)> {
        self.models.iter().map(|m| (m, m.state(folder))).collect()
    }

    /// Resolves `--model NAME|PATH`.
    ///
    /// A catalogue name wins over a file of that name in the working directory, so that the same command means the
    /// same model everywhere; `./small.en` asks for the file. Only size and header are checked here: a checksum of
    /// gigabytes at every start would cost more than the analysis.
    pub fn locate(&self, asked: &str, folder: &Path) -> Result<Located, CatalogError> {
        match self.find(asked) {
            Ok(model) => {
                let location = model.locate(folder)?;
                Ok(Located { name: model.name.clone(), location, multilingual: model.multilingual })
            }
            Err(unknown) => {
                let path = Path::new(asked);
                if path.is_dir() {
                    return Err(CatalogError::Folder { path: path.into() });
                }
                if !path.is_file() {
                    let names_a_path = path.components().count() > 1 || path.extension().is_some_and(|e| e == "bin");
                    return Err(if names_a_path { CatalogError::NoSuchFile { path: path.into() } } else { unknown });
                }
                let header = verify::read_header(path)?;
                let name = path.file_stem().map_or_else(|| asked.into(), |stem| stem.to_string_lossy().into_owned());
                Ok(Located { name, location: Location::File(path.into()), multilingual: header.is_multilingual() })
            }
        }
    }

    fn similar(&self, name: &str) -> Vec<String> {
        let asked = normal(name);
        let mut ranked: Vec<_> = self
            .models
            .iter()
            .map(|m| (distance(&asked, &normal(&m.name)), m))
            // Two slips, or one name within the other ("turbo" → large-v3-turbo).
            .filter(|(d, m)| *d <= 2 || (asked.len() >= 3 && normal(&m.name).contains(&asked)))
            .collect();
        ranked.sort_by_key(|(d, _)| *d);
        ranked.into_iter().take(3).map(|(_, m)| m.name.clone()).collect()
    }
}

impl Model {
    /// Where this model lies, or would lie, in `folder`.
    #[must_use]
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }

    /// Where an unfinished download of this model lies.
    #[must_use]
    pub fn part_path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.part", self.file))
    }

    /// Whether this model is in `folder`; never fails, an unreadable file is `Damaged`.
    #[must_use]
    pub fn state(&self, folder: &Path) -> State {
        if self.bundled {
            return State::Bundled;
        }
        let path = self.path(folder);
        if path.exists() {
            return match verify::check_shape(&path, self) {
                Ok(()) => State::Installed(path),
                Err(error) => State::Damaged { path, why: error.to_string() },
            };
        }
        let path = self.part_path(folder);
        match path.metadata() {
            Ok(part) => State::Partial { path, done_bytes: part.len() },
            Err(_) => State::Absent,
        }
    }

    fn locate(&self, folder: &Path) -> Result<Location, CatalogError> {
        if self.bundled {
            return Ok(Location::Bundled);
        }
        let path = self.path(folder);
        if !path.exists() {
            return Err(CatalogError::NotInstalled {
                name: self.name.clone(),
                size_bytes: self.size_bytes,
                folder: folder.into(),
            });
        }
        verify::check_shape(&path, self)?;
        Ok(Location::File(path))
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

fn is_hex(sum: &str, digits: usize) -> bool {
    sum.len() == digits && sum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', ' ', '.'], "-")
}

/// Levenshtein distance, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
pub(crate) mod sample {
    //! A model small enough for tests, with a true header.
    use super::{Model, verify};
    use sha2::Digest as _;

    /// `len` bytes that begin like multilingual Whisper base and go on with numbered bytes.
    pub fn weights(len: usize) -> Vec<u8> {
        let header = [verify::MAGIC, 51_865, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 2007];
        let mut bytes: Vec<u8> = header.iter().flat_map(|field| field.to_le_bytes()).collect();
        bytes.extend((0..len - bytes.len()).map(|i| u8::try_from(i % 251).unwrap()));
        bytes
    }

    pub fn model(bytes: &[u8]) -> Model {
        use crate::files::hex;
        Model {
            name: "sample".into(),
            file: "ggml-sample.bin".into(),
            size_bytes: bytes.len() as u64,
            sha256: Some(hex(&sha2::Sha256::digest(bytes))),
            sha1: Some(hex(&sha1::Sha1::digest(bytes))),
            licence: "MIT".into(),
            multilingual: true,
            bundled: false,
            note: "for tests".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builtin() -> Catalog {
        Catalog::builtin().unwrap()
    }

    fn one(extra: &str) -> String {
        format!(
            "home = \"h\"\ndefault = \"a\"\n[[model]]\nname = \"a\"\nfile = \"ggml-a.bin\"\nsize_bytes = 100\nlicence = \"MIT\"\nmultilingual = true\nnote = \"n\"\n{extra}"
        )
    }

    #[test]
    fn the_builtin_catalogue_holds_what_whisper_cpp_publishes() {
        let catalog = builtin();
        for name in "tiny tiny.en base base.en small small.en medium medium.en large-v1 large-v2 large-v3 large-v3-turbo small.en-q5_1 large-v3-turbo-q5_0".split(' ') {
            let model = catalog.find(name).unwrap();
            assert_eq!(model.multilingual, !name.contains(".en"), "{name}");
        }
        assert!(catalog.find("base").unwrap().bundled);
        assert_eq!(catalog.models().iter().filter(|m| m.bundled).count(), 1);
        assert!(catalog.models().iter().all(|m| m.bundled || m.sha256.is_some()));
        assert_eq!(catalog.find(catalog.default_name()).unwrap().name, "base");
    }

    #[test]
    fn sizes_follow_the_weights() {
        let size = |name: &str| builtin().find(name).unwrap().size_bytes;
        assert!(size("tiny") < size("base-f16") && size("base-f16") < size("small") && size("small") < size("medium"));
        assert!(size("small-q5_1") < size("small-q8_0") && size("small-q8_0") < size("small"));
        // whisper.cpp's own README: 466 MiB.
        assert_eq!(mebibytes(size("small.en")), 466);
    }

    #[test]
    fn a_strange_key_or_entry_is_refused() {
        assert!(Catalog::parse(&one("")).is_ok());
        let twice = "[[model]]\nname = \"a\"\nfile = \"b.bin\"\nsize_bytes = 100\nlicence = \"MIT\"\nmultilingual = true\nnote = \"n\"\n";
        let same_file = twice.replace("\"a\"", "\"b\"").replace("b.bin", "ggml-a.bin");
        for (text, expected) in [
            (one("speed = 3\n"), "unknown field `speed`"),
            (format!("mirror = \"x\"\n{}", one("")), "unknown field `mirror`"),
            (one("sha256 = \"ABC\"\n"), "sha256"),
            (one("sha1 = \"12\"\n"), "sha1"),
            (one(twice), "name is taken"),
            (one(&same_file), "file is that of"),
            (one("").replace("ggml-a.bin", "../a.bin"), "may hold only"),
            (one("").replace("size_bytes = 100", "size_bytes = 4"), "too small"),
            (one("").replace("default = \"a\"", "default = \"z\""), "has no entry"),
            (one("").replace("note = \"n\"", ""), "missing field `note`"),
        ] {
            let message = Catalog::parse(&text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message} should say {expected}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_answered_with_a_name() {
        for (asked, expected) in [
            ("smal.en", "small.en"),
            ("Small_EN", "small.en"),
            ("turbo", "large-v3-turbo"),
            ("large-v4", "large-v1"),
            ("medum", "medium"),
        ] {
            let message = builtin().find(asked).unwrap_err().to_string();
            assert!(message.contains(expected) && message.contains("did you mean"), "{asked}: {message}");
        }
        let message = builtin().find("gpt-9000").unwrap_err().to_string();
        assert!(!message.contains("did you mean") && message.contains("cutlist models list"), "{message}");
    }

    #[test]
    fn a_name_resolves_to_the_bundle_the_folder_or_the_command_to_run() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = builtin();
        assert_eq!(catalog.locate("base", folder.path()).unwrap().location, Location::Bundled);
        let message = catalog.locate("small.en", folder.path()).unwrap_err().to_string();
        assert!(message.contains("`cutlist models install small.en`") && message.contains("466 MiB"), "{message}");
        let message = catalog.locate("ggml-small.en.bin", folder.path()).unwrap_err().to_string();
        assert!(message.contains("install small.en"), "{message}");
    }

    #[test]
    fn an_installed_model_is_found_and_a_damaged_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = sample::weights(100);
        let catalog = Catalog::parse(&one("")).unwrap();
        assert_eq!(catalog.list(folder.path())[0].1, State::Absent);
        std::fs::write(folder.path().join("ggml-a.bin.part"), b"123").unwrap();
        assert!(matches!(catalog.list(folder.path())[0].1, State::Partial { done_bytes: 3, .. }));
        let path = folder.path().join("ggml-a.bin");
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(catalog.list(folder.path())[0].1, State::Installed(path.clone()));
        assert_eq!(catalog.locate("a", folder.path()).unwrap().location, Location::File(path.clone()));
        std::fs::write(&path, &bytes[..60]).unwrap();
        assert!(matches!(catalog.list(folder.path())[0].1, State::Damaged { .. }));
        let message = catalog.locate("a", folder.path()).unwrap_err().to_string();
        assert!(message.contains("60 bytes") && message.contains("install a"), "{message}");
    }

    #[test]
    fn any_ggml_file_is_a_model_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.bin");
        std::fs::write(&path, sample::weights(77)).unwrap();
        let found = builtin().locate(path.to_str().unwrap(), folder.path()).unwrap();
        assert_eq!((found.name.as_str(), found.multilingual), ("mine", true));
        std::fs::write(&path, b"hello hello hello").unwrap();
        let message = builtin().locate(path.to_str().unwrap(), folder.path()).unwrap_err().to_string();
        assert!(message.contains("not a Whisper model"), "{message}");
        let message = builtin().locate("/nowhere/x.bin", folder.path()).unwrap_err().to_string();
        assert!(message.contains("no model file at /nowhere/x.bin"), "{message}");
        let message = builtin().locate(folder.path().to_str().unwrap(), folder.path()).unwrap_err().to_string();
        assert!(message.contains("no model file at") && message.contains("is a folder"), "{message}");
    }
}
