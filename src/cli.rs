//! The command line: clap's types, which die at this border; each command checks its own once.

pub mod history;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::measures::{MEASURES, Measure};
use crate::models::convert::Quantisation;
use crate::pipeline::export::Export;
use crate::pipeline::limits;
use crate::question::Kind;
use crate::report::Format;

/// Record your interview answer once, then cut every sentence that does not change the judgment.
#[derive(Debug, Parser)]
#[command(
    name = "cutlist",
    version,
    max_term_width = 100,
    after_help = "Start here:\n  cutlist analyze answer.wav --question \"Tell me about a time you failed.\"\n\nEverything runs on this machine; no word you say leaves it."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report on a recorded answer: time to conclusion, fillers, vague phrases, metrics, and the cut list
    Analyze(AnalyzeArgs),
    /// Look at a take in the browser, and listen to it: writes its page to your data folder and opens that
    Open(OpenArgs),
    /// The takes that are kept: list, show, correct, remove, export, import
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// How it goes from week to week: charts of every measure, and whether anything has changed
    Trends(history::TrendsArgs),
    /// Two takes side by side: what moved, which cuts came back, what is said word for word, whether figures agree
    Compare(history::CompareArgs),
    /// Your story bank: list, add, check
    #[command(subcommand)]
    Stories(history::StoriesCommand),
    /// The four-week plan, measured from your stories and your takes: what is done, what is next
    Plan(history::PlanArgs),
    /// Record an answer from a microphone, then report on it
    Record(RecordArgs),
    /// Answer a question while an interviewer interrupts
    Mock(MockArgs),
    /// List the microphones; with --test, show the level of one
    Devices {
        /// Listen to an input for a few seconds and show its level: the default one, or the one named
        #[arg(long, value_name = "NAME")]
        test: Option<Option<String>>,
        /// How long to listen
        #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
    },
    /// Read eight lines aloud and learn how well fillers are heard in your voice, on your microphone
    Calibrate(CalibrateArgs),
    /// Check the takes, and mend those whose header a crash or a full disk left broken
    Doctor(DoctorArgs),
    /// The speech models: which there are, and how to get or check one
    #[command(subcommand)]
    Models(ModelsCommand),
    /// What a measure or a rule means, and where its definition is from
    Explain {
        /// A measure or a rule's name; none lists them all
        #[arg(help = explained())]
        rule: Option<String>,
    },
    /// Print the JSON Schema of the report
    Schema,
    /// Print a completion script for your shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Arguments of `analyze`.
#[derive(Debug, Args)]
#[command(
    after_help = "FILE is a recording (wav, flac, mp3, m4a, ogg, aiff …) or a transcript (txt, srt, vtt, whisper's JSON).\nA transcript without times gives every measure that needs none.\n\nExamples:\n  cutlist analyze answer.wav\n  cutlist analyze answer.m4a --kind failure --format markdown -o answer.md\n  cutlist analyze *.wav --format json --fail-on 'conclusion>10' --fail-on 'fillers>3'\n\nExit status: 0 done; 1 a --fail-on limit was missed; 2 failed."
)]
pub struct AnalyzeArgs {
    /// Recordings or transcripts; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Kind of question, which decides what counts as the conclusion
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub kind: Option<Kind>,
    /// The question that was asked; the kind is guessed from it when --kind is not given
    #[arg(long, value_name = "TEXT")]
    pub question: Option<String>,
    /// The story of your bank that this take tells (see `cutlist stories`); the report then says whether it got there
    #[arg(long, value_name = "ID")]
    pub story: Option<String>,
    /// Number of the sentence that is the conclusion (as the report counts, from 1), when the tool has it wrong; 0 for none
    #[arg(long, value_name = "N")]
    pub conclusion: Option<usize>,
    /// Cut the answer to this many seconds: what to drop beyond the cut list, cheapest first, and what it costs; the conclusion, the decision and the last metric always stay
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(5..=3600))]
    pub target: Option<u16>,
    /// Speech model: a name from `cutlist models list`, or the path of a ggml file
    #[arg(long, value_name = "NAME|PATH", env = "CUTLIST_MODEL")]
    pub model: Option<String>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write a file for an editor or player, as NAME.cutlist.wav (or .txt, .srt, .vtt, .edl) beside the recording, or beside the file of -o; repeatable. Never overwrites unless --overwrite is said
    #[arg(long, value_enum, value_name = "WHAT")]
    pub export: Vec<Export>,
    /// Let --export replace files of its own names; the recording itself is never replaced
    #[arg(long)]
    pub overwrite: bool,
    /// Put placeholders for names and figures ([person 1], [company 1], [figure 1] …) in the report and its exports, to show it to others. Rules find them, not a person: read it before you send it
    #[arg(long)]
    pub redact: bool,
    /// Write the report to a file, readable by you alone, instead of standard output; a file that is there is replaced
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Exit with status 1 when a measure is over or under a limit; repeatable
    #[arg(long, value_name = "LIMIT", help = limits::help())]
    pub fail_on: Vec<String>,
    /// Leave no trace of this analysis: do not keep the take in the history
    #[arg(long)]
    pub no_save: bool,
    /// Chunks to recognise side by side; by default as many as there are processors, 4 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
}

/// Where the sound comes from, and how long it may go on.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Microphone: a name from `cutlist devices`, or a part of it that fits one alone; `file:PATH` plays a WAV file instead
    #[arg(long, value_name = "NAME", env = "CUTLIST_DEVICE")]
    pub device: Option<String>,
    /// Record 1 channel or 2; by default what the device offers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=2))]
    pub channels: Option<u16>,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::capture::LONGEST_S)))]
    pub max: u32,
    /// Count down so many seconds before the recording starts
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=60))]
    pub countdown: u32,
    /// File of the take; by default a dated one in your folder of takes. Never overwrites
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Speech model: a name from `cutlist models list`, or the path of a ggml file
    #[arg(long, value_name = "NAME|PATH", env = "CUTLIST_MODEL")]
    pub model: Option<String>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Keep the take, but leave no trace of its analysis
    #[arg(long)]
    pub no_save: bool,
}

/// Arguments of `open`.
#[derive(Debug, Args)]
#[command(
    after_help = "The page is one file that loads nothing from elsewhere; it holds the recording while that is where it was and is the one that was analyzed. It lies in the folder `pages` of your data folder, readable by you alone, and goes with `cutlist history remove`.\n\nThe path is printed. No browser is opened with --print, where CUTLIST_NO_BROWSER is set, where there is no screen, or where the output is no terminal.\n\nExamples:\n  cutlist open\n  cutlist open 12\n  cutlist open last --redact --print      (to show somebody: read it before you send it)"
)]
pub struct OpenArgs {
    /// Which take: its number from `cutlist history list`, `last`, or the beginning of its key
    #[arg(value_name = "TAKE", default_value = "last")]
    pub take: String,
    /// Put placeholders for names and figures, and leave the recording out
    #[arg(long)]
    pub redact: bool,
    /// Write the page and print its path, and open nothing
    #[arg(long)]
    pub print: bool,
}

/// Arguments of `record`.
#[derive(Debug, Args)]
#[command(
    after_help = "Enter or Ctrl-C stops; the report follows. The take is safe from the first second: a crash or a full disk\nleaves what was said so far, and `cutlist doctor` mends what needs mending.\n\nTakes go to CUTLIST_RECORDINGS, else to the folder in your settings, else to ./recordings where there is one,\nelse to your data folder. They are readable by you alone.\n\nExamples:\n  cutlist record --question \"Tell me about a time you failed.\"\n  cutlist record --kind leadership --device usb --countdown 3\n\nExit status: 0 done; 2 failed; 130 interrupted a second time (the take is kept)."
)]
pub struct RecordArgs {
    /// The question to answer, shown while you speak; the kind is guessed from it when --kind is not given
    #[arg(long, value_name = "TEXT")]
    pub question: Option<String>,
    /// Kind of question, which decides what counts as the conclusion
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub kind: Option<Kind>,
    /// The story this take tells (kept in the report)
    #[arg(long, value_name = "ID")]
    pub story: Option<String>,
    /// Microphone, length, and file
    #[command(flatten)]
    pub capture: CaptureArgs,
}

/// Arguments of `mock`.
#[derive(Debug, Args)]
#[command(
    after_help = "The interviewer lets you start, and stops you at a moment you cannot foresee, or when no conclusion has come by 20 s.\nAnswer the new question; the report treats each stretch as an answer of its own.\n\nExamples:\n  cutlist mock\n  cutlist mock --kind failure --interruptions 3 --voice      (wear headphones with --voice)"
)]
pub struct MockArgs {
    /// Kind of question; any when it is left out
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub kind: Option<Kind>,
    /// Leadership principle that the question should test, or a part of its name
    #[arg(long, value_name = "NAME")]
    pub principle: Option<String>,
    /// Ask this instead of a question from the bank
    #[arg(long, value_name = "TEXT")]
    pub question: Option<String>,
    /// The story you are going to tell (kept in the report)
    #[arg(long, value_name = "ID")]
    pub story: Option<String>,
    /// How often to interrupt
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(0..=6))]
    pub interruptions: u16,
    /// Speak the questions with the system's speech program (spd-say, espeak-ng, say); wear headphones
    #[arg(long)]
    pub voice: bool,
    /// Choose question and moments by this number: the same number gives the same interview
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Interrupt first at this second
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub first_at: Option<f64>,
    /// Microphone, length, and file
    #[command(flatten)]
    pub capture: CaptureArgs,
}

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Use a recording of the eight lines instead of the microphone
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Print the lines and stop
    #[arg(long)]
    pub lines: bool,
    /// Microphone: a name from `cutlist devices`
    #[arg(long, value_name = "NAME", env = "CUTLIST_DEVICE")]
    pub device: Option<String>,
    /// Speech model: a name from `cutlist models list`, or the path of a ggml file
    #[arg(long, value_name = "NAME|PATH", env = "CUTLIST_MODEL")]
    pub model: Option<String>,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(
    after_help = "Wrong lengths in a header are set right in place; the sound is not touched. A header that is gone is written anew\nin a copy, and the original stays.\n\nExit status: 0 all takes are in order (or are now); 1 something needs --repair; 2 something cannot be repaired."
)]
pub struct DoctorArgs {
    /// Takes, or folders of takes; by default your folder of takes
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Mend what can be mended
    #[arg(long)]
    pub repair: bool,
}

/// Reads a kind of question by its name.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).try_map(|name| name.parse::<Kind>())
}

/// What `explain` can be asked.
fn explained() -> String {
    let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
    format!("A measure ({}) or a rule's name; none lists them all", names.join(", "))
}

/// Reads the name of a measure.
fn measures() -> impl TypedValueParser<Value = &'static Measure> {
    let known = |measure: &&Measure| PossibleValue::new(measure.name).aliases(measure.aliases).help(measure.title);
    let missing = |name: String| Measure::named(&name).ok_or_else(|| format!("there is no measure \"{name}\""));
    PossibleValuesParser::new(MEASURES.iter().map(known).collect::<Vec<_>>()).try_map(missing)
}

/// The subcommands of `models`.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List the speech models: size, whether it is here, what it is good for
    List,
    /// Download a model from its public home, check it, and put it in place (the only command that uses the network)
    Install {
        /// Name from `cutlist models list`
        name: String,
        /// Where to download from, instead of the model's public home
        #[arg(long, value_name = "URL", env = "CUTLIST_MODELS_URL")]
        from: Option<String>,
    },
    /// Check a model's file: header, size, hash
    Verify {
        /// Name or path; every installed model when none is given
        model: Option<String>,
    },
    /// Convert `CTranslate2` weights (a faster-whisper cache) to a ggml model
    Import {
        /// Folder with model.bin (or its parts) and the vocabulary
        folder: PathBuf,
        /// How to store the weights
        #[arg(long, value_enum, default_value_t = Quantisation::Q8_0)]
        quantise: Quantisation,
        /// File to write; by default into the models folder, named after the input folder
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
}
