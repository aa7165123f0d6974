//! From a transcript to a report: the pipeline behind the recogniser, one line a stage.

use crate::judge::{self, Judge, JudgeError};
use crate::lexicon::{Lexicon, LexiconError};
use crate::measures::layers::Layers;
use crate::measures::{Measures, conclusion, fillers, merge, metrics, ownership, pace, vague};
use crate::question::{Kind, Question};
use crate::report::Warning;
use crate::report::document::{Engine, Report, SCHEMA_VERSION, Source};
use crate::transcript::Transcript;
use crate::verdicts::cuts::{Marks, cut_list};
use crate::verdicts::rulings::rulings;
use crate::verdicts::tightened::tightened;

/// What every analysis shares: loaded once for many answers.
pub struct Tools {
    /// Rules about words.
    pub lexicon: Lexicon,
    /// The model that tells what a sentence does.
    pub judge: Judge,
}

/// Why the tools cannot be loaded: a fault of the build, not of the user.
#[derive(Debug, thiserror::Error)]
pub enum ToolsError {
    /// The rule data.
    #[error("the lexicon of this build is damaged; install cutlist again")]
    Lexicon(#[from] LexiconError),
    /// The judge.
    #[error("the judge of this build is damaged; install cutlist again")]
    Judge(#[from] JudgeError),
}

impl Tools {
    /// The lexicon and the judge that are compiled in.
    pub fn bundled() -> Result<Self, ToolsError> {
        Ok(Self { lexicon: Lexicon::english()?, judge: Judge::bundled()? })
    }
}

/// What is known about an answer besides its words.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The file.
    pub source: Source,
    /// What produced the words.
    pub engine: Engine,
    /// What was asked.
    pub question: Question,
    /// What the user says of the conclusion.
    pub conclusion: Chosen,
    /// What the earlier stages have to say.
    pub warnings: Vec<Warning>,
}

/// The user's say on which sentence is the conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chosen {
    /// Nothing: the judge decides.
    #[default]
    Nothing,
    /// There is none.
    NoSentence,
    /// This one, from 0.
    Sentence(usize),
}

/// Words under which verdicts mean little: the shortest labelled answer has 67.
const FEW_WORDS: usize = 40;

/// Analyzes an answer.
pub fn analyze(tools: &Tools, transcript: Transcript, given: Given) -> Result<Report, JudgeError> {
    let Tools { lexicon, judge } = tools;
    let Given { source, engine, question, conclusion: chosen, mut warnings } = given;
    if transcript.words.len() < FEW_WORDS {
        warnings.push(Warning::new(
            "short",
            format!(
                "the answer has {} words; under {FEW_WORDS} there is hardly an answer to judge, so take the verdicts lightly",
                transcript.words.len()
            ),
        ));
    }
    let reading = read(judge, &question, &transcript)?;
    let spans = merge::spans(&transcript, lexicon, &reading);
    let decisions = judge.decide(&reading);
    let conclusion = match chosen {
        Chosen::Nothing => decisions.conclusion,
        Chosen::NoSentence => None,
        Chosen::Sentence(index) => Some(index),
    };
    let pace = pace::measure(&transcript);
    let measures = Measures {
        time_to_conclusion: conclusion::measure(&transcript, &question, conclusion, chosen != Chosen::Nothing),
        fillers: fillers::summarise(&spans.fillers, &transcript, pace.speech_s),
        vague: vague::summarise(&spans.vague, &transcript, lexicon),
        metrics: metrics::summarise(&spans.metrics, &transcript, lexicon),
        layers: Layers::of(decisions.layers),
        ownership: ownership::summarise(&ownership::find(&transcript, lexicon)),
        pace,
    };
    let marks = Marks::of(&measures);
    let rulings = rulings(&decisions, conclusion, &measures);
    let cuts = cut_list(&transcript, &rulings, &marks);
    let tightened = tightened(&transcript, &cuts, &marks, conclusion);
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        source,
        engine,
        question,
        transcript,
        measures,
        cuts,
        tightened,
        warnings,
        stretches: Vec::new(),
        calibration: None,
    })
}

fn read(judge: &Judge, question: &Question, transcript: &Transcript) -> Result<judge::Reading, JudgeError> {
    let sentences: Vec<Vec<&str>> = transcript
        .sentences
        .iter()
        .map(|sentence| {
            let words = transcript.words.get(sentence.words.indices()).unwrap_or_default();
            words.iter().map(|word| word.text.as_str()).collect()
        })
        .collect();
    let asked = judge::Question { kind: question.kind.map(Kind::name), text: question.text.as_deref() };
    judge.read(&asked, &sentences)
}
