//! Whether a take got to the point of its story: said the story's own conclusion, and named its metric, in whatever words.

use super::bank::Story;
use super::check::metrics_of;
use crate::document::Report;
use crate::document::{MetricNamed, StoryReached};
use crate::history::compare::{comparable, is_same_number};
use crate::history::meaning::{Meaning, SETTINGS};

/// Holds a report against its story.
pub fn reached(story: &Story, report: &Report, meaning: &mut Meaning<'_>) -> StoryReached {
    let sentences = &report.transcript.sentences;
    // What is a reflection, a conflict or ballast to the judge is no conclusion, however alike its words are.
    let may_conclude: Vec<usize> = report
        .cuts
        .iter()
        .filter(|cut| {
            use crate::judge::Reason::{Action, Conclusion, Consequence, Decision, Metric};
            matches!(cut.reason, Conclusion | Decision | Action | Metric | Consequence)
        })
        .map(|cut| cut.sentence)
        .filter(|index| *index < sentences.len())
        .collect();
    let texts = may_conclude.iter().map(|index| sentences[*index].text.as_str());
    let nearest = if story.line.trim().is_empty() { None } else { meaning.nearest(&story.line, texts) };
    let conclusion = nearest.map(|(at, likeness)| (may_conclude[at], likeness));
    let said = conclusion.filter(|(_, similarity)| *similarity >= SETTINGS.same).map(|(index, _)| index);
    let (metric, metric_sentence) = metric_named(story, report, meaning);
    let start = said.and_then(|index| sentences[index].start_s).zip(report.transcript.first_speech());
    StoryReached {
        id: story.id.clone(),
        conclusion_sentence: said,
        conclusion_s: start.map(|(at, first)| at - first),
        similarity: conclusion.map_or(0.0, |(_, similarity)| similarity),
        metric,
        metric_sentence,
    }
}

fn metric_named(story: &Story, report: &Report, meaning: &mut Meaning<'_>) -> (MetricNamed, Option<usize>) {
    if story.metric.trim().is_empty() {
        return (MetricNamed::NotInStory, None);
    }
    let wanted: Vec<_> = metrics_of(&story.metric).iter().map(comparable).collect();
    // "up by 23 points" names "from 59 to 82 percent" too.
    let names = |unit: &str, value: f64| {
        wanted.iter().any(|(other, result, baseline)| {
            let step = result.zip(*baseline).map(|(result, baseline)| (result - baseline).abs());
            let same_unit = other == unit || unit.is_empty() || other.is_empty() || unit == "points";
            same_unit && [*result, step].into_iter().flatten().any(|known| is_same_number(known, value))
        })
    };
    for metric in &report.measures.metrics.items {
        let (unit, value, _) = comparable(metric);
        if value.is_some_and(|value| names(&unit, value)) {
            return (MetricNamed::Named, metric.sentence);
        }
    }
    let texts = report.transcript.sentences.iter().map(|sentence| sentence.text.as_str());
    match meaning.nearest(&story.metric, texts).filter(|(_, similarity)| *similarity >= SETTINGS.same) {
        None => (MetricNamed::Missing, None),
        Some((index, _)) => {
            let has_figure = report.measures.metrics.items.iter().any(|metric| metric.sentence == Some(index));
            (if has_figure { MetricNamed::OtherFigure } else { MetricNamed::WithoutFigure }, Some(index))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Judge;

    fn told(line: &str, metric: &str) -> StoryReached {
        let report: Report = serde_json::from_str(include_str!("../../tests/fixtures/history/report-1.json")).unwrap();
        let judge = Judge::bundled().unwrap();
        let story = Story { id: "s".into(), line: line.into(), metric: metric.into(), ..Story::default() };
        reached(&story, &report, &mut Meaning::new(&judge))
    }

    #[test]
    fn the_conclusion_counts_in_other_words() {
        let got = told("Completion went up to 82 percent once I had pushed the tax step to the end.", "");
        assert_eq!(got.conclusion_sentence, Some(1), "{}", got.similarity);
        assert_eq!(got.metric, MetricNamed::NotInStory);
        assert!((got.conclusion_s.unwrap().0 - 2.9).abs() < 0.01);
    }

    #[test]
    fn another_storys_conclusion_is_not_taken_for_it() {
        let got = told("I hired for the night shift first, and the backlog was gone in five weeks.", "");
        assert_eq!(got.conclusion_sentence, None, "{}", got.similarity);
    }

    #[test]
    fn the_metric_counts_by_its_number_in_figures_or_words() {
        for metric in [
            "completion from 59 to 82 percent",
            "eighty two percent of sellers",
            "up from fifty nine percent to eighty two percent",
        ] {
            assert_eq!(told("", metric).metric, MetricNamed::Named, "{metric}");
        }
        assert_eq!(told("", "refunds fell by 40 percent").metric, MetricNamed::Missing);
    }
}
