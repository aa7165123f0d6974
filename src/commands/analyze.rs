//! `cutlist analyze`: files in, reports out.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::Status;
use crate::capture::Sidecar;
use crate::cli::AnalyzeArgs;
use crate::document::Report;
use crate::env::Env;
use crate::files;
use crate::history::Ruled;
use crate::lexicon::{Lexicon, UserRules};
use crate::pipeline::export::{self, Exports};
use crate::pipeline::hear::Ears;
use crate::pipeline::limits::{Limit, Outcome};
use crate::pipeline::show::render;
use crate::pipeline::take::{Beside, judged};
use crate::question::Question;
use crate::report::Format;
use crate::report::redact::redact;
use crate::terminal::{print, tell};
use crate::tools::Tools;
use crate::units::Seconds;
use crate::verdicts::say::{Concluded, Say};

/// What `analyze` was asked to do, checked.
struct Options {
    files: Vec<PathBuf>,
    question: Question,
    say: Say,
    format: Format,
    exports: Exports,
    output: Option<PathBuf>,
    limits: Vec<Limit>,
    keeps: bool,
    redacts: bool,
}

impl Options {
    fn new(args: AnalyzeArgs) -> Result<(Self, Option<String>, Option<u16>)> {
        let limits = args
            .fail_on
            .iter()
            .map(|text| text.parse())
            .collect::<Result<Vec<Limit>, String>>()
            .map_err(anyhow::Error::msg)?;
        let mut say = Say::target(args.target.map(|seconds| Seconds(f64::from(seconds))));
        if let Some(number) = args.conclusion {
            // Sentences count from 1; 0 is none.
            say.conclude(number.checked_sub(1));
        }
        ensure!(
            args.conclusion.is_none() || args.files.len() == 1,
            "--conclusion is about one answer; give one file with it"
        );
        ensure!(
            args.files.iter().filter(|file| is_pipe(file)).count() <= 1,
            "standard input can be read once; give `-` once"
        );
        if let Some(output) = &args.output {
            let same = |file: &PathBuf| file == output || files::same_file(file, output);
            ensure!(
                !args.files.iter().any(same),
                "--output \"{}\" is one of the files to analyze; name another file",
                output.display()
            );
        }
        ensure!(
            args.format != Format::Html || args.files.len() == 1,
            "a page is about one answer; give one file with --format html"
        );
        ensure!(
            args.export.is_empty() || args.output.is_none() || args.files.len() == 1,
            "--export with -o is about one answer; leave -o out, and each file's exports go beside it"
        );
        // As elsewhere, `-` is the pipe.
        let output = args.output.filter(|path| path.as_os_str() != "-");
        if let Some(path) = &output {
            files::check(path)?;
        }
        let exports = Exports::new(args.export, &args.files, output.as_deref(), args.overwrite, args.redact)?;
        export::check_overwrite(args.overwrite, &exports)?;
        let options = Self {
            files: args.files,
            question: Question::new(args.kind, args.question, args.story),
            say,
            format: args.format,
            exports,
            output,
            limits,
            keeps: !args.no_save,
            redacts: args.redact,
        };
        Ok((options, args.model, args.jobs))
    }

    /// What the history keeps as a correction.
    fn correction(&self) -> Option<Ruled> {
        self.say.conclusion.map(|Concluded { sentence }| Ruled::Conclusion { sentence })
    }
}

fn is_pipe(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Runs `analyze`.
///
/// Every file is tried: one that cannot be read does not cost the reports of the others, and is said
/// at the end.
pub fn run(args: AnalyzeArgs, env: &Env) -> Result<Status> {
    let (options, model, jobs) = Options::new(args)?;
    let settings = env.settings()?;
    let mut tools = LateTools::new(&settings.lexicon)?;
    let ears = env.ears(model, &settings, jobs);
    let beside = Beside::read(&env.paths)?;
    let mut out = String::new();
    let mut status = Status::Done;
    let mut failures = Vec::new();
    let mut rendered = 0;
    let mut not_kept = None;
    let mut not_exported = None;
    for (index, file) in options.files.iter().enumerate() {
        let Analyzed { tools_own, report } = match analyze(&options, &mut tools, &ears, &beside, file) {
            Ok(report) => report,
            Err(error) if options.files.len() > 1 => {
                tell(&format!("cutlist: {error:#}"));
                failures.push(file);
                continue;
            }
            Err(error) => return Err(error),
        };
        for limit in &options.limits {
            match limit.check(&report) {
                Outcome::Met => {}
                Outcome::Missed(how) => {
                    tell(&format!("cutlist: {}: missed {how}", report.source.path));
                    status = Status::LimitMissed;
                }
                Outcome::Unknown(why) => tell(&format!("cutlist: {}: cannot check {why}", report.source.path)),
            }
        }
        // The history is the user's own and keeps every word.
        let shown = if options.redacts { &redact(&report).context("the report cannot be redacted")? } else { &report };
        let text = render(shown, options.format, rendered)?;
        rendered += 1;
        if options.output.is_none() {
            print(&text)?;
        } else {
            out.push_str(&text);
        }
        if options.keeps && not_kept.is_none() {
            // A report that cannot be kept is still the report: it is printed, and the failure said at the end.
            match env.keep(&tools_own, options.correction()) {
                Ok(id) => kept(&options, id),
                Err(error) => not_kept = Some(error),
            }
        }
        // An export that fails costs neither the report nor the exports of the others.
        if !options.exports.is_empty()
            && let Err(error) = options.exports.write(&report, shown, index, file)
            && let Some(earlier) = not_exported.replace(error)
        {
            tell(&format!("cutlist: {earlier:#}"));
        }
    }
    if let Some(path) = &options.output {
        files::write(path, &anstream::adapter::strip_str(&out).to_string())?;
    }
    ensure!(
        failures.is_empty(),
        "{} of {} files could not be analyzed; the messages above say why",
        failures.len(),
        options.files.len()
    );
    if let Some(error) = not_exported {
        return Err(error);
    }
    match not_kept {
        Some(error) => Err(error.context("the report is not kept in the history (--no-save keeps nothing)")),
        None => Ok(status),
    }
}

/// Says under which number a take is kept, to a person.
fn kept(options: &Options, id: i64) {
    if options.format == Format::Text && options.output.is_none() && std::io::stdout().is_terminal() {
        tell(&format!(
            "Kept as take {id}; `cutlist open` shows it as a page, `cutlist history correct {id}` says where the report is wrong."
        ));
    }
}

/// The tools, of which the judge is loaded when the first answer has been heard: it and the recogniser at work are the two
/// largest things in memory, and are never needed at once. The lexicon is there from the start, so that a mistake in the user's
/// word list is told before a long recording is listened to.
struct LateTools {
    lexicon: Option<Lexicon>,
    tools: Option<Tools>,
}

impl LateTools {
    fn new(user: &UserRules) -> Result<Self> {
        Ok(Self { lexicon: Some(Tools::lexicon_with(user)?), tools: None })
    }

    fn load(&mut self) -> Result<&Tools> {
        if let Some(lexicon) = self.lexicon.take() {
            self.tools = Some(Tools::with_lexicon(lexicon)?);
        }
        self.tools.as_ref().context("the judge could not be loaded")
    }
}

/// A report as the tool alone makes it, cut to the length that the user asks for, and the same with
/// the user's word in it: the history keeps the two apart.
struct Analyzed {
    tools_own: Report,
    report: Report,
}

fn analyze(options: &Options, tools: &mut LateTools, ears: &Ears, beside: &Beside, file: &Path) -> Result<Analyzed> {
    let heard = ears.hear(file)?;
    let tools = tools.load()?;
    let count = heard.transcript.sentences.len();
    if let Some(Concluded { sentence: Some(index) }) = options.say.conclusion
        && index >= count
    {
        bail!("--conclusion {}: the answer has {count} sentences", index + 1);
    }
    let mut question = options.question.clone();
    let sidecar = Sidecar::read(file);
    if let Some(sidecar) = &sidecar
        && question == Question::default()
    {
        question = sidecar.question.clone();
    }
    let marks = sidecar.map(|sidecar| sidecar.marks).unwrap_or_default();
    let tools_own = judged(tools, beside, heard, question, &marks)?.with(&Say::target(options.say.target_s));
    let report = tools_own.with(&options.say);
    Ok(Analyzed { tools_own, report })
}
