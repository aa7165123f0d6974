//! `cutlist explain`: the definition of every measure and rule, from the text that defines it.

use anyhow::{Result, bail};

use super::Status;
use crate::env::Env;
use crate::lexicon::{Lexicon, Rule};
use crate::measures::{MEASURES, Measure};
use crate::terminal::print;
use crate::verdicts::bands::Bands;

/// Explains a measure or a rule; without a name, lists them.
pub fn run(name: Option<&str>, env: &Env) -> Result<Status> {
    let lexicon = Lexicon::english_with(&env.settings()?.lexicon)?;
    let Some(name) = name else {
        let mut text = String::from("Measures: ");
        text.push_str(&MEASURES.iter().map(|measure| measure.name).collect::<Vec<_>>().join(", "));
        text.push_str("\nRules:\n");
        for rule in lexicon.rules() {
            text.push_str(&format!("  {:<34} {}\n", rule.id, rule.class.replace('_', " ")));
        }
        print(&text)?;
        return Ok(Status::Done);
    };
    if let Some(measure) = Measure::named(name) {
        print(&definition(measure))?;
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

/// What a measure is, what is good, and how a limit is put on it, as plain text.
fn definition(measure: &Measure) -> String {
    let mut out = String::new();
    for line in measure.definition.lines() {
        out.push_str(&line.strip_prefix(' ').unwrap_or(line).replace("**", "").replace('`', ""));
        out.push('\n');
    }
    out.push_str(&format!("\nUnit:   {}\n", measure.unit.name));
    let limit = match Bands::bundled().of(measure) {
        Some(band) => {
            out.push_str(&format!("Good:   {} ({})\n", band.words(measure), band.source));
            band.limit(measure)
        }
        None => format!("{}>NUMBER", measure.name),
    };
    out.push_str(&format!("Limit:  --fail-on '{limit}'\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_explains_itself() {
        for measure in MEASURES {
            let text = definition(measure);
            assert!(text.starts_with("# ") && text.contains("RUBRIC") && text.len() > 300, "{text}");
            assert!(text.contains("--fail-on"), "{text}");
        }
    }
}
