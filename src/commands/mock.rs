//! `cutlist mock`: a question, an answer, and an interviewer who interrupts it.

use anyhow::{Context as _, Result};

use super::Status;
use crate::capture::{Mark, MarkKind, Recording};
use crate::cli::MockArgs;
use crate::env::Env;
use crate::pipeline::show::render;
use crate::practice::interviewer::{Interviewer, Scene};
use crate::practice::questions;
use crate::practice::voice::{Speech, Voice};
use crate::question::Question;
use crate::session::{Companion, Glance, Session};
use crate::terminal::{print, tell};
use crate::tools::Tools;

/// The interviewer at the table: watches, interrupts, and is heard.
struct Table {
    interviewer: Interviewer,
    voice: Option<Voice>,
    speech: Option<Speech>,
}

impl Companion for Table {
    fn tick(&mut self, recording: &mut Recording, glance: &Glance) -> Option<String> {
        let at_s = recording.elapsed_s();
        if let Some(speech) = &mut self.speech {
            if !speech.is_over() {
                return None;
            }
            self.speech = None;
            recording.settle_mark(at_s);
            self.interviewer.asked(at_s);
        }
        let said = self.interviewer.watch(Scene {
            at_s,
            first_word_s: glance.first_word_s,
            heard_to_s: glance.heard_to_s,
            has_concluded: glance.concluded_after_s.is_some(),
        })?;
        recording.mark(Mark {
            kind: MarkKind::Interruption,
            at_s,
            until_s: at_s,
            text: said.text.clone(),
            angle: Some(said.angle),
            why: Some(said.why),
        });
        self.speech = self.voice.as_ref().and_then(|voice| voice.say(&said.text));
        // The bell is for eyes that are not on the screen.
        Some(format!("\u{7}\n  ▶ {}\n", said.text))
    }
}

/// Runs `mock`.
pub fn run(args: &MockArgs, env: &Env) -> Result<Status> {
    let mut random = args.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
    let question = choose(args, &mut random)?;
    let settings = env.settings()?;
    let voice = args.voice.then(Voice::find).flatten();
    if args.voice && voice.is_none() {
        tell(&format!("There is no speech program here ({}); the questions are shown only.", Voice::programs()));
    }
    let tools = Tools::with(&settings.lexicon)?;
    let ears = env.ears(args.capture.model.clone(), &settings, None);
    tell(&format!("\n  {}\n", question.text.as_deref().unwrap_or_default()));
    if let Some(mut speech) = voice.as_ref().and_then(|voice| voice.say(question.text.as_deref().unwrap_or_default())) {
        while !speech.is_over() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    tell("Recording; the interviewer will interrupt. Enter stops.");
    let interviewer = Interviewer::new(question.kind, args.interruptions, random.u64(..)).first_at(args.first_at);
    let mut table = Table { interviewer, voice, speech: None };
    let session = Session {
        env,
        tools: &tools,
        ears: &ears,
        question,
        capture: &args.capture,
        settings: &settings,
        suffix: "_mock",
    };
    let report = session.run(&mut table)?;
    print(&render(&report, args.capture.format, 0)?)?;
    if !args.capture.no_save {
        env.keep(&report, None).context("the take is on the disk, but its report is not kept in the history")?;
    }
    Ok(Status::Done)
}

fn choose(args: &MockArgs, random: &mut fastrand::Rng) -> Result<Question> {
    if args.question.is_some() {
        return Ok(Question::new(args.kind, args.question.clone(), args.story.clone()));
    }
    let fitting = questions::fitting(args.kind, args.principle.as_deref());
    let picked = random.choice(&fitting).with_context(|| {
        let of_kind = args.kind.map_or_else(String::new, |kind| format!(" of the kind {kind}"));
        format!(
            "the bank has no question{of_kind} for \"{}\"; its principles are {}",
            args.principle.as_deref().unwrap_or_default(),
            questions::principles().join(", ")
        )
    })?;
    Ok(Question::new(Some(picked.kind), Some(picked.text.to_owned()), args.story.clone()))
}
