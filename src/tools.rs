//! What every analysis shares: the rules and the judge, loaded once for many answers.

use crate::judge::{Judge, JudgeError};
use crate::lexicon::{Lexicon, LexiconError, UserRules};

/// What every analysis shares: loaded once for many answers.
pub struct Tools {
    /// Rules about words.
    pub lexicon: Lexicon,
    /// The model that tells what a sentence does.
    pub judge: Judge,
}

/// Why the tools cannot be loaded: a fault of the build, or of the user's word list.
#[derive(Debug, thiserror::Error)]
pub enum ToolsError {
    /// The rule data.
    #[error("the lexicon of this build is damaged; install cutlist again")]
    Lexicon(#[from] LexiconError),
    /// The user's word list.
    #[error(transparent)]
    Words(Box<LexiconError>),
    /// The judge.
    #[error("the judge of this build is damaged; install cutlist again")]
    Judge(#[from] JudgeError),
}

impl Tools {
    /// The lexicon and the judge that are compiled in.
    pub fn bundled() -> Result<Self, ToolsError> {
        Ok(Self { lexicon: Lexicon::english()?, judge: Judge::bundled()? })
    }

    /// The same with the user's own word list.
    pub fn with(user: &UserRules) -> Result<Self, ToolsError> {
        Self::with_lexicon(Self::lexicon_with(user)?)
    }

    /// The lexicon with the user's own word list.
    pub fn lexicon_with(user: &UserRules) -> Result<Lexicon, ToolsError> {
        Lexicon::english_with(user).map_err(|error| ToolsError::Words(Box::new(error)))
    }

    /// A lexicon, and the judge that is compiled in.
    pub fn with_lexicon(lexicon: Lexicon) -> Result<Self, ToolsError> {
        Ok(Self { lexicon, judge: Judge::bundled()? })
    }
}
