#!/usr/bin/env python3
"""What does --redact leave? Capitals and figures that stay in labelled answers, and what is taken.

    tests/eval/redact_left.py models/judge/answers

Each answer is redacted as plain text. Counted over all of them: capitalised words inside a
sentence, before and after (without I, weekdays, months, languages and abbreviations of two letters
or more in capitals), words with a digit and number words, before and after, and the words that
became placeholders.
"""

import re

from labelled import read_folder
from program import asking, report_on_text, script

PLACEHOLDER = re.compile(r"\[(?:person|company|product|name|figure|link) \d+\]")
STAY = set(
    "i i'm i'd i'll i've monday tuesday wednesday thursday friday saturday sunday mondays tuesdays "
    "wednesdays thursdays fridays saturdays sundays january february march april may june july "
    "august september october november december christmas easter thanksgiving english german "
    "french spanish portuguese italian arabic chinese japanese internet god".split()
)
NUMBERS = set(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "thousand million billion".split()
)


def bare_words(text):
    """The words of a text without the punctuation around them; a placeholder is `#`."""
    text = re.sub(PLACEHOLDER.pattern + r"('s)?", "#", text)
    return [word.strip(".,;:!?\"'()…").replace("’", "'") for word in text.split()]


def is_capital(word):
    """Whether a word inside a sentence is written like a name."""
    plain = word.removesuffix("'s")
    is_abbreviation = len(plain) > 1 and plain.rstrip("s").isupper()
    return plain[:1].isupper() and plain.lower() not in STAY and not is_abbreviation


def is_figure(word):
    """Whether a word has a digit or names a number."""
    return bool(re.search(r"\d", word)) or any(p in NUMBERS for p in word.lower().split("-"))


def counts(texts):
    """Capitals inside sentences, and figures."""
    words = [bare_words(text) for text in texts]
    capitals = [word for sentence in words for word in sentence[1:] if is_capital(word)]
    return capitals, [word for sentence in words for word in sentence if is_figure(word)]


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--show", action="store_true", help="print every sentence that was redacted")
    ask.add_argument("folder", metavar="FOLDER")
    given = ask.parse_args()
    said, shown = [], []
    for answer in read_folder(given.folder):
        report = report_on_text(given.cutlist, answer.text, "--redact")
        left = [sentence["text"] for sentence in report["transcript"]["sentences"]]
        said += [unit.text for unit in answer.units]
        shown += left
        if given.show:
            print(answer.name, *(text for text in left if "[" in text), sep="\n    ")
    before, after = counts(said), counts(shown)
    for i, name in enumerate(("capitals inside sentences", "figures")):
        left = ", ".join(after[i]) or "none"
        print(f"{name}: {len(before[i])} before, {len(after[i])} left: {left}")
    placeholders = sum(len(PLACEHOLDER.findall(text)) for text in shown)
    print(f"placeholders: {placeholders} in {sum(len(text.split()) for text in said)} words")


if __name__ == "__main__":
    script(main)
