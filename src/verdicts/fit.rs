//! The best answer that fits a time: which of the sentences that stay to drop next, and what that costs.
//!
//! Every sentence has a length and a worth (`fit.toml`); what is kept is the set that is worth most
//! among those that fit, found exactly (the knapsack problem by dynamic programming over tenths of a
//! second, Bellman 1957), so that no better choice exists by these worths. The conclusion, the decision
//! and the last metric are never dropped, even when the answer then stays too long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cuts::{Cut, Marks, drops, time_of};
use super::tighten;
use crate::builtin;
use crate::judge::{Layer, Reason, Verdict};
use crate::measures::Measures;
use crate::transcript::{Sentence, Transcript};
use crate::units::Seconds;

/// Steps a second in which lengths are counted.
const STEPS: f64 = 10.0;
/// What floating point may add to a whole number of steps.
const ROUNDING: f64 = 1e-6;

/// The answer cut to a length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fit {
    /// The length asked for.
    pub target_s: Seconds,
    /// Whether what must stay fits it.
    pub fits: bool,
    /// Whether lengths are estimated from the number of words, for want of times.
    pub estimated: bool,
    /// How long it takes to say.
    pub duration_s: Seconds,
    /// Sentences to drop beyond the cut list, cheapest first.
    pub drops: Vec<Drop>,
    /// The sentence to drop after those, should time be shorter still; `null` when only what must stay is left.
    pub next: Option<Drop>,
    /// What is left.
    pub text: String,
}

/// A sentence that goes for want of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drop {
    /// The sentence.
    pub sentence: usize,
    /// What it saves.
    pub saves_s: Seconds,
    /// What the answer loses, in plain words.
    pub costs: String,
}

/// What sentences are worth: `fit.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worth {
    conclusion: f64,
    decision: f64,
    metric: f64,
    consequence: f64,
    conflict: f64,
    reflection: f64,
    action: f64,
    context: f64,
    only_one_of_its_layer: f64,
    word_s: f64,
}

impl Worth {
    /// The worths that are built in.
    #[must_use]
    pub fn bundled() -> Self {
        builtin::read("fit.toml", include_str!("fit.toml"))
    }

    fn of(&self, reason: Reason) -> f64 {
        match reason {
            Reason::Conclusion => self.conclusion,
            Reason::Decision => self.decision,
            Reason::Metric => self.metric,
            Reason::Consequence => self.consequence,
            Reason::Conflict => self.conflict,
            Reason::Reflection => self.reflection,
            Reason::Action => self.action,
            _ => self.context,
        }
    }
}

/// A sentence that the cut list leaves.
struct Item {
    sentence: usize,
    length_s: f64,
    worth: f64,
    must_stay: bool,
    has_metric: bool,
    reason: Reason,
    /// The layers of evidence that it shows.
    shows: Vec<Layer>,
}

impl Item {
    /// The layers it shows and no other of the `items` that stay does.
    fn lost(&self, items: &[Self], stays: impl Fn(&Self) -> bool) -> Vec<Layer> {
        let backed = |layer: &Layer| items.iter().any(|other| stays(other) && other.shows.contains(layer));
        self.shows.iter().copied().filter(|layer| !backed(layer)).collect()
    }

    fn drop(&self, items: &[Self], stays: impl Fn(&Self) -> bool) -> Drop {
        let lost: Vec<&str> = self.lost(items, stays).into_iter().map(Layer::words).collect();
        let costs = if !lost.is_empty() {
            format!("the only {}", lost.join(" and "))
        } else if self.shows.is_empty() {
            self.reason.words()
        } else {
            format!("{}, but another stays", self.reason.words())
        };
        Drop { sentence: self.sentence, saves_s: Seconds(self.length_s), costs }
    }
}

/// Fits what the cut list leaves into `target_s`.
#[must_use]
pub fn fit(
    worth: &Worth,
    transcript: &Transcript,
    cuts: &[Cut],
    measures: &Measures,
    marks: &Marks,
    target_s: Seconds,
) -> Fit {
    let estimated = !transcript.is_timed();
    let items = items(worth, transcript, cuts, measures, marks, estimated);
    let kept = best(&items, target_s.0);
    let gone = |item: &&Item| !kept.contains(&item.sentence);
    let mut drops: Vec<&Item> = items.iter().filter(gone).collect();
    let price = |item: &Item| item.worth / item.length_s.max(0.1);
    drops.sort_by(|a, b| price(a).total_cmp(&price(b)));
    let metrics_left = items.iter().filter(|item| item.has_metric && kept.contains(&item.sentence)).count();
    let next = items
        .iter()
        .filter(|item| kept.contains(&item.sentence) && !item.must_stay && !(item.has_metric && metrics_left == 1))
        .min_by(|a, b| price(a).total_cmp(&price(b)));
    let duration: f64 = items.iter().filter(|item| kept.contains(&item.sentence)).map(|item| item.length_s).sum();
    Fit {
        target_s,
        // A step's rounding is no miss.
        fits: duration <= target_s.0 + 1.0 / STEPS,
        estimated,
        duration_s: Seconds(duration),
        drops: drops.into_iter().map(|item| item.drop(&items, |other| kept.contains(&other.sentence))).collect(),
        next: next
            .map(|item| item.drop(&items, |other| kept.contains(&other.sentence) && other.sentence != item.sentence)),
        text: text(transcript, cuts, marks, &kept),
    }
}

fn items(
    worth: &Worth,
    transcript: &Transcript,
    cuts: &[Cut],
    measures: &Measures,
    marks: &Marks,
    estimated: bool,
) -> Vec<Item> {
    let conclusion = measures.time_to_conclusion.sentence;
    let decision = measures.layers.shown(Layer::Decision);
    let has_metric = |sentence: usize| measures.metrics.items.iter().any(|item| item.sentence == Some(sentence));
    let mut items: Vec<Item> = cuts
        .iter()
        .filter(|cut| cut.verdict != Verdict::Cut)
        .filter_map(|cut| Some((cut, transcript.sentences.get(cut.sentence)?)))
        .map(|(cut, sentence)| {
            let shows: Vec<Layer> = Layer::ALL
                .into_iter()
                .filter(|layer| {
                    measures.layers.shown(*layer) == Some(cut.sentence)
                        || carries(cut.reason, *layer)
                        || *layer == Layer::Metric && has_metric(cut.sentence)
                })
                .collect();
            Item {
                sentence: cut.sentence,
                length_s: length(worth, transcript, sentence, cut, marks, estimated),
                worth: worth.of(cut.reason),
                must_stay: conclusion == Some(cut.sentence) || decision == Some(cut.sentence),
                has_metric: has_metric(cut.sentence),
                reason: cut.reason,
                shows,
            }
        })
        .collect();
    let unique: Vec<usize> =
        items.iter().map(|item| item.lost(&items, |other| other.sentence != item.sentence).len()).collect();
    for (item, count) in items.iter_mut().zip(unique) {
        item.worth += worth.only_one_of_its_layer * count as f64;
    }
    items
}

fn carries(reason: Reason, layer: Layer) -> bool {
    matches!(
        (reason, layer),
        (Reason::Metric, Layer::Metric)
            | (Reason::Decision | Reason::Conclusion, Layer::Decision)
            | (Reason::Conflict, Layer::Conflict)
            | (Reason::Consequence, Layer::Consequence)
            | (Reason::Reflection, Layer::Reflection)
    )
}

/// Seconds that a sentence takes as the cut list leaves it, up to where the next one starts.
fn length(
    worth: &Worth,
    transcript: &Transcript,
    sentence: &Sentence,
    cut: &Cut,
    marks: &Marks,
    estimated: bool,
) -> f64 {
    let drops = drops(sentence, cut.verdict, marks);
    if estimated {
        return tighten::kept_words(sentence.words, &drops).len() as f64 * worth.word_s;
    }
    let next = transcript.sentences.get(sentence.index + 1).and_then(|next| next.start_s);
    let slot = sentence.start_s.zip(next.or(sentence.end_s)).map_or(0.0, |(start, end)| (end - start).0);
    (slot - time_of(transcript, sentence.words, &drops).0).max(0.0)
}

/// The sentences of the most worthy set that fits `target_s`; what must stay, whether it fits or not.
fn best(items: &[Item], target_s: f64) -> Vec<usize> {
    let fixed: Vec<&Item> = items.iter().filter(|item| item.must_stay).collect();
    let metrics: Vec<&Item> = items.iter().filter(|item| item.has_metric).collect();
    if metrics.is_empty() || fixed.iter().any(|item| item.has_metric) {
        return chosen(items, &[], target_s).0;
    }
    // One metric stays: each in turn is taken for the one, and the best answer wins.
    let mut options: Vec<(Vec<usize>, f64, f64)> =
        metrics.iter().map(|metric| chosen(items, &[metric.sentence], target_s)).collect();
    let fits = |length: f64| length <= target_s + ROUNDING;
    if options.iter().any(|(.., length)| fits(*length)) {
        options.retain(|(.., length)| fits(*length));
        options.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|option| option.0).unwrap_or_default()
    } else {
        options.into_iter().min_by(|a, b| a.2.total_cmp(&b.2)).map(|option| option.0).unwrap_or_default()
    }
}

/// The best set with `also` among what must stay: its sentences, worth and length.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tenths of seconds, bounded by the target")]
fn chosen(items: &[Item], also: &[usize], target_s: f64) -> (Vec<usize>, f64, f64) {
    let stays = |item: &Item| item.must_stay || also.contains(&item.sentence);
    let fixed_s: f64 = items.iter().filter(|item| stays(item)).map(|item| item.length_s).sum();
    let free: Vec<&Item> = items.iter().filter(|item| !stays(item)).collect();
    let room = ((target_s - fixed_s).max(0.0) * STEPS + ROUNDING).floor() as usize;
    let steps = |item: &Item| (item.length_s * STEPS - ROUNDING).ceil() as usize;
    // `worth[r]`: the most that fits into r steps; `taken[i][r]`: whether item i is in it.
    let mut worth = vec![0.0_f64; room + 1];
    let mut taken = vec![vec![false; room + 1]; free.len()];
    for (i, item) in free.iter().enumerate() {
        let length = steps(item);
        for r in (length..=room).rev() {
            let with = worth[r - length] + item.worth;
            if with > worth[r] {
                worth[r] = with;
                taken[i][r] = true;
            }
        }
    }
    let mut sentences: Vec<usize> = items.iter().filter(|item| stays(item)).map(|item| item.sentence).collect();
    let mut r = room;
    for (i, item) in free.iter().enumerate().rev() {
        if taken[i][r] {
            sentences.push(item.sentence);
            r -= steps(item);
        }
    }
    sentences.sort_unstable();
    let in_set = |item: &&Item| sentences.contains(&item.sentence);
    let length = items.iter().filter(in_set).map(|item| item.length_s).sum();
    let total = items.iter().filter(in_set).map(|item| item.worth).sum();
    (sentences, total, length)
}

fn text(transcript: &Transcript, cuts: &[Cut], marks: &Marks, kept: &[usize]) -> String {
    let texts: Vec<String> = transcript
        .sentences
        .iter()
        .zip(cuts)
        .filter(|(sentence, _)| kept.contains(&sentence.index))
        .map(|(sentence, cut)| {
            let words = tighten::kept_words(sentence.words, &drops(sentence, cut.verdict, marks));
            tighten::text(&transcript.words, sentence.words, &words)
        })
        .filter(|text| !text.is_empty())
        .collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(sentence: usize, length_s: f64, worth: f64, must_stay: bool, has_metric: bool) -> Item {
        Item { sentence, length_s, worth, must_stay, has_metric, reason: Reason::Context, shows: Vec::new() }
    }

    #[test]
    fn the_worths_are_sound() {
        assert!(Worth::bundled().conclusion > Worth::bundled().context);
    }

    #[test]
    fn the_dearest_set_that_fits_is_kept() {
        let items = [item(0, 5.0, 10.0, true, false), item(1, 6.0, 5.0, false, false), item(2, 4.0, 4.0, false, false)];
        assert_eq!(best(&items, 11.0), [0, 1]);
        assert_eq!(best(&items, 10.0), [0, 2]);
        assert_eq!(best(&items, 99.0), [0, 1, 2]);
    }

    #[test]
    fn what_must_stay_stays_even_when_it_does_not_fit() {
        let items = [item(0, 5.0, 10.0, true, false), item(1, 6.0, 5.0, false, true), item(2, 4.0, 9.0, false, false)];
        assert_eq!(best(&items, 1.0), [0, 1]);
    }

    /// Found by the property below.
    #[test]
    fn lengths_that_add_up_to_the_target_lose_nothing_to_rounding() {
        let worths = [(60, 7, false), (9, 1, false), (10, 1, true), (39, 1, true), (20, 3, false), (69, 3, true)];
        let items: Vec<Item> = worths
            .iter()
            .enumerate()
            .map(|(i, (length, worth, metric))| item(i, f64::from(*length) / 10.0, f64::from(*worth), false, *metric))
            .collect();
        let worth: f64 = best(&items, 19.7).iter().map(|kept| items[*kept].worth).sum();
        assert!((worth - 15.0).abs() < 1e-9, "{worth}");
    }

    proptest! {
        #[test]
        fn no_other_set_that_fits_is_worth_more(
            raw in prop::collection::vec((1_u32..80, 1_u32..9, any::<bool>(), any::<bool>()), 1..9),
            target in 1_u32..300,
        ) {
            let items: Vec<Item> = raw
                .iter()
                .enumerate()
                .map(|(i, (length, worth, stays, metric))| {
                    item(i, f64::from(*length) / 10.0, f64::from(*worth), *stays && i % 3 == 0, *metric)
                })
                .collect();
            let target = f64::from(target) / 10.0;
            let kept = best(&items, target);
            let has_metric = items.iter().any(|item| item.has_metric);
            prop_assert!(items.iter().all(|item| !item.must_stay || kept.contains(&item.sentence)));
            prop_assert!(!has_metric || items.iter().any(|item| item.has_metric && kept.contains(&item.sentence)));
            let sum = |set: &dyn Fn(usize) -> bool, of: &dyn Fn(&Item) -> f64| -> f64 {
                items.iter().filter(|item| set(item.sentence)).map(of).sum()
            };
            let length = |set: &dyn Fn(usize) -> bool| sum(set, &|item| item.length_s);
            let worth = |set: &dyn Fn(usize) -> bool| sum(set, &|item| item.worth);
            let mine = |i: usize| kept.contains(&i);
            // Lengths are whole tenths, of which floating point makes slightly more or less.
            let sound = |bits: u32| {
                let set = move |i: usize| bits >> i & 1 == 1;
                items.iter().all(|item| !item.must_stay || set(item.sentence))
                    && (!has_metric || items.iter().any(|item| item.has_metric && set(item.sentence)))
                    && length(&set) <= target - 0.11 * items.len() as f64
            };
            for bits in (0..1_u32 << items.len()).filter(|bits| sound(*bits)) {
                prop_assert!(worth(&move |i| bits >> i & 1 == 1) <= worth(&mine) + 1e-9);
            }
        }
    }
}
