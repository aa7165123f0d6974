//! The content-security policy: a browser runs and paints what is in the file, by its hash, and fetches nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The source expression that allows one inline block: `'sha256-…'` (Content Security Policy Level 3, section 2.3.1).
#[must_use]
pub fn digest(block: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(block.as_bytes())))
}

/// A policy that allows these inline styles and scripts, sound from the page or a file beside it, and nothing else.
#[must_use]
pub fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let hashes = |blocks: &[&str]| {
        if blocks.is_empty() {
            "'none'".to_owned()
        } else {
            blocks.iter().map(|block| digest(block)).collect::<Vec<_>>().join(" ")
        }
    };
    format!(
        "default-src 'none'; style-src {}; script-src {}; media-src data: file:; base-uri 'none'; form-action 'none'",
        hashes(styles),
        hashes(scripts)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_one_of_the_specification() {
        // The example of Content Security Policy Level 3, section 6.7.2: alert('Hello, world.');
        assert_eq!(digest("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }
}
