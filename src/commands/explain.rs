//! `cutlist explain`: the definition of every measure and rule, from the text that defines it.

use anyhow::{Result, bail};

use super::Status;
use crate::env::Env;
use crate::lexicon::{Lexicon, Rule};
use crate::terminal::print;

/// Measures and the files whose documentation defines them.
const MEASURES: [(&str, &str); 8] = [
    ("conclusion", include_str!("../measures/conclusion.rs")),
    ("fillers", include_str!("../measures/fillers.rs")),
    ("vague", include_str!("../measures/vague.rs")),
    ("metrics", include_str!("../measures/metrics/mod.rs")),
    ("layers", include_str!("../measures/layers.rs")),
    ("frame", include_str!("../measures/frame.rs")),
    ("ownership", include_str!("../measures/ownership.rs")),
    ("pace", include_str!("../measures/pace.rs")),
];

/// Explains a measure or a rule; without a name, lists them.
pub fn run(name: Option<&str>, env: &Env) -> Result<Status> {
    let lexicon = Lexicon::english_with(&env.settings()?.lexicon)?;
    let Some(name) = name else {
        let mut text = String::from("Measures: ");
        text.push_str(&MEASURES.map(|(name, _)| name).join(", "));
        text.push_str("\nRules:\n");
        for rule in lexicon.rules() {
            text.push_str(&format!("  {:<34} {}\n", rule.id, rule.class.replace('_', " ")));
        }
        print(&text)?;
        return Ok(Status::Done);
    };
    // The report's rows for length and pace are one measure.
    let measure = if name.eq_ignore_ascii_case("length") { "pace".to_owned() } else { name.to_lowercase() };
    if let Some((_, source)) = MEASURES.iter().find(|(known, _)| *known == measure) {
        print(&docs(source))?;
    } else if let Some(rule) = lexicon.rule(name) {
        let silenced = lexicon.silenced().iter().find(|silenced| silenced.rule.as_deref() == Some(name));
        let note =
            silenced.map_or_else(String::new, |silenced| format!("Silenced by your settings: {}\n", silenced.reason));
        print(&(explanation(rule) + &note))?;
    } else {
        bail!("there is no measure or rule \"{name}\"; `cutlist explain` lists them");
    }
    Ok(Status::Done)
}

fn explanation(rule: &Rule) -> String {
    let mut out = format!("{} ({})\n\n", rule.id, rule.class.replace('_', " "));
    out.push_str(&format!("Finds:   {}\n", rule.phrase.join("; ")));
    if !rule.question.is_empty() {
        out.push_str(&format!("Asks:    {}\n", rule.question));
    }
    if rule.unless_measured {
        out.push_str("Unless:  the same sentence carries a figure\n");
    }
    for (name, examples) in [("Such as", &rule.flag), ("But not", &rule.dont_flag)] {
        for example in examples {
            out.push_str(&format!("{name}: {example}\n"));
        }
    }
    out.push_str(&format!("Source:  {}\n", rule.source));
    out
}

/// The documentation at the head of a source file, as plain text.
fn docs(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        out.push_str(&line.strip_prefix(' ').unwrap_or(line).replace("**", "").replace('`', ""));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_explains_itself() {
        for (name, source) in MEASURES {
            let text = docs(source);
            assert!(text.starts_with("# ") && text.contains("RUBRIC") && text.len() > 300, "{name}");
        }
    }
}
