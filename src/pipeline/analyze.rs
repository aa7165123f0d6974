//! From a transcript to a report: the pipeline behind the recogniser, one line a stage.

use crate::document::Warning;
use crate::document::{Engine, Report, SCHEMA_VERSION, Source};
use crate::judge::{self, Judge, JudgeError};
use crate::lexicon::Tokens;
use crate::measures::layers::{Layer, Layers};
use crate::measures::{
    Measures, conclusion, fillers, frame, merge, metrics, normalised, ownership, pace, silence, vague,
};
use crate::question::{Kind, Question};
use crate::tools::Tools;
use crate::transcript::Transcript;
use crate::verdicts::rulings::Judged;
use crate::verdicts::say::{Say, Settled, settle};

/// What is known about an answer besides its words.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The file.
    pub source: Source,
    /// What produced the words.
    pub engine: Engine,
    /// What was asked.
    pub question: Question,
    /// What the earlier stages have to say.
    pub warnings: Vec<Warning>,
}

/// Words under which verdicts mean little: the shortest labelled answer has 67.
const FEW_WORDS: usize = 40;

/// Analyzes an answer, without the user's word on it: that is [`Report::with`].
pub fn analyze(tools: &Tools, mut transcript: Transcript, given: Given) -> Result<Report, JudgeError> {
    let Tools { lexicon, judge } = tools;
    let Given { source, engine, question, mut warnings } = given;
    if transcript.words.len() < FEW_WORDS {
        warnings.push(Warning::new(
            "short",
            format!(
                "the answer has {} word{}; under {FEW_WORDS} there is hardly an answer to judge, so take the verdicts lightly",
                transcript.words.len(),
                if transcript.words.len() == 1 { "" } else { "s" }
            ),
        ));
    }
    transcript.round_times();
    let tokens = Tokens::of(&transcript);
    normalised::fill(&tokens, &mut transcript);
    let (question, reading) = read(judge, question, &transcript)?;
    let mut spans = merge::spans(&tokens, &transcript, lexicon, &reading);
    let left_alone = silence::apply(&mut spans, &transcript, lexicon);
    if !left_alone.is_empty() {
        let what: Vec<String> = left_alone.iter().map(|one| format!("\"{}\" ({})", one.text, one.reason)).collect();
        warnings.push(Warning::new("silenced", format!("your settings leave alone: {}", what.join(", "))));
    }
    let decisions = judge.decide(&reading);
    let pace = pace::measure(&transcript);
    let metrics = metrics::summarise(&spans.metrics, &tokens, &transcript, lexicon);
    let layers = Layers::of(decisions.layers);
    let frame = frame::measure(question.kind, &tokens, &transcript, lexicon, &metrics, &layers, decisions.conclusion);
    let vague = vague::summarise(&spans.vague, &transcript, lexicon);
    let measures = Measures {
        time_to_conclusion: conclusion::measure(&transcript, &question, decisions.conclusion, false),
        fillers: fillers::summarise(&spans.fillers, &transcript, pace.speech_s),
        metrics,
        ownership: ownership::summarise(
            &ownership::find(&tokens),
            &transcript,
            layers.shown(Layer::Decision),
            &vague.jargon(),
        ),
        vague,
        pace,
        layers,
        frame,
    };
    let (judged, said) = (Judged::of(&decisions), Say::default());
    let Settled { measures, cuts, tightened } = settle(&transcript, &question, &judged, measures, &said);
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
        story: None,
        stretches: Vec::new(),
        calibration: None,
        judged: Some(judged),
        said,
    })
}

/// Sureness from which the kind of an unknown question is taken from the answer (`models/judge/README.md` has the figures).
const SURE_OF_KIND: f32 = 0.55;

/// Reads an answer against its question. Where the question's kind is not known and the answer makes it plain, the answer is
/// read again as one of that kind.
fn read(
    judge: &Judge,
    mut question: Question,
    transcript: &Transcript,
) -> Result<(Question, judge::Reading), JudgeError> {
    let sentences: Vec<Vec<&str>> = transcript
        .sentences
        .iter()
        .map(|sentence| {
            let words = transcript.words.get(sentence.words.indices()).unwrap_or_default();
            words.iter().map(|word| word.text.as_str()).collect()
        })
        .collect();
    let mut asked = judge::Question { kind: question.kind.map(Kind::name), text: question.text.as_deref() };
    let mut reading = judge.read(&asked, &sentences)?;
    if question.kind.is_none() && transcript.words.len() >= FEW_WORDS {
        // An odd question text says less than none: the network was taught to tell kinds without it.
        let blind =
            if asked.text.is_some() { judge.read(&judge::Question::default(), &sentences)? } else { reading.clone() };
        let (kind, sure) = blind.likeliest_kind();
        if sure >= SURE_OF_KIND {
            asked.kind = Some(kind.name());
            reading = judge.read(&asked, &sentences)?;
            (question.kind, question.kind_guessed) = (Some(kind), true);
        }
    }
    Ok((question, reading))
}
