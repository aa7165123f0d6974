use super::*;
use crate::lexicon::plain_transcript;
use proptest::prelude::*;

/// A text by the rules alone, each sentence on a line.
fn redacted(text: &str) -> String {
    let transcript = plain_transcript(text);
    let mut redactor = Redactor { ledger: Ledger::of(find(&transcript)) };
    let mut out = transcript.clone();
    redactor.transcript(&transcript, &mut out);
    assert_eq!(out.words.len(), transcript.words.len(), "indices stay true");
    out.sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_name_is_the_same_placeholder_throughout() {
    assert_eq!(
        redacted(
            "So my manager Anna Lindqvist asked me to look at it.\nI told Anna we lose money at Fjordline, and Anna's boss at Fjordline agreed."
        ),
        "So my manager [person 1] asked me to look at it.\nI told [person 1] we lose money at [company 1], and [person 1]'s boss at [company 1] agreed."
    );
}

#[test]
fn figures_go_however_they_are_said() {
    assert_eq!(
        redacted("It went from forty one percent to 41 percent, about $2.3 million, in six weeks of 2021."),
        "It went from [figure 1] to [figure 1], about [figure 2], in [figure 3] weeks of [figure 4]."
    );
    assert_eq!(
        redacted("The first one was mine, and one of them stayed."),
        "The first one was mine, and one of them stayed."
    );
}

#[test]
fn addresses_go() {
    assert_eq!(
        redacted(
            "Write to anna@fjordline.com or see https://fjordline.com/x, or fjordline dot com, or call +47 555 0199."
        ),
        "Write to [link 1] or see [link 2], or [name 1] dot com, or call [figure 1] [figure 2]."
    );
}

#[test]
fn what_names_nobody_stays() {
    for text in [
        "I asked, Erm, my manager, and Ahh, she agreed.",
        "I said on Monday in March that the KPI and the API are A/B tested, and the CEO agreed.",
        "That is Customer Obsession and Bias for Action to me, I'd say.",
        "Um, So I moved it, And then we shipped it in English.",
        "Honestly, retries were the problem.",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn names_are_found_at_the_start_of_a_sentence_and_without_capitals() {
    assert_eq!(redacted("Kasia said no.\nFjordline is where I was."), "[person 1] said no.\n[name 1] is where I was.");
    assert_eq!(
        redacted("i worked at fjordline with kasia, fjordline's best"),
        "i worked at [company 1] with [person 1], [company 1]'s best"
    );
    assert_eq!(
        redacted("A tool called harborlight, yes, Harborlight."),
        "A tool called [product 1], yes, [product 1]."
    );
    assert_eq!(redacted("Will told me.\nWill you do it?"), "[person 1] told me.\nWill you do it?");
    assert_eq!(redacted("Our iPhone app on GitHub."), "Our [product 1] app on [company 1].");
}

#[test]
fn names_of_several_words_are_one_name() {
    assert_eq!(
        redacted("I joined Bank of Ostland in New Varna, and the Ostland people liked it."),
        "I joined [company 1] in [name 1], and the [company 1] people liked it."
    );
    assert_eq!(
        redacted("Dr. Okonkwo asked, and Mr. Okonkwo agreed."),
        "Dr. [person 1] asked, and Mr. [person 1] agreed."
    );
}

#[test]
fn a_part_of_a_compound_gives_no_name_away() {
    assert_eq!(
        redacted("At Fjordline we had a fjordline-wide rollout."),
        "At [company 1] we had a [company 1] rollout."
    );
}

#[test]
fn the_lists_are_lower_case_and_apart() {
    use super::lists::{NAMES, WORDS};
    let lower = |word: &String| *word == word.to_lowercase();
    assert!(NAMES.people.iter().chain(&NAMES.employers).all(lower));
    assert!(WORDS.common.iter().chain(&WORDS.calendar).chain(&WORDS.abbreviations).all(lower));
    assert!(WORDS.common.len() > 3_000 && NAMES.people.len() > 600 && NAMES.employers.len() > 150);
}

proptest! {
    #[test]
    fn any_text_can_be_redacted_and_keeps_its_words_in_number(text in "(\\PC{0,12}|Anna|at|Acme's|41|of|\\.|\"| |\n){0,30}") {
        redacted(&text);
        let mut redactor = Redactor { ledger: Ledger::of(find_in(&text)) };
        let once = redactor.text(&text);
        prop_assert!(!once.contains("Anna "), "{once}");
        redactor.quoting(&text);
    }
}
