#!/usr/bin/env python3
"""Score the judgment: the program's reports against labelled answers.

    tests/eval/score.py tests/fixtures/kept-out
    tests/eval/score.py --audio RECORDINGS FOLDER [NAME ...]

For each FOLDER/NAME.answer it runs `cutlist analyze` on the answer's bare text (one line, no
labels), or with --audio on the recording NAME.wav or NAME.flac of that folder, and holds the report
against the labels. Prints one row a measure: precision, recall, F1 (or accuracy) and the counts
behind them.

cut              units to cut; keep_harmed is the share of kept units that the program cuts
cut_by_words     the same with every word weighed alike, whatever the units; answers_emptied counts
                 answers with something to keep of which less than a fifth is left
unit_borders     where units begin, one word of leeway
conclusion       exactly that unit, or a neighbour
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from labelled import read_folder
from program import asking, report, report_on_text, script
from reading import Reading, Score, table

_PUNCTUATION = re.compile(r"(?<![0-9])[.,;:!?]+|[.,;:!?]+(?![0-9])|[\"()\u2013\u2014-]+(?= |$)")


def bare(text):
    """A text without punctuation and capitals, as some recognisers write it."""
    return _PUNCTUATION.sub("", text).lower()


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--audio", metavar="FOLDER", help="analyze recordings instead of the texts")
    ask.add_argument("--bare", action="store_true", help="take punctuation and capitals away first")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("answers", metavar="FOLDER", help="labelled answers")
    ask.add_argument("names", nargs="*", metavar="NAME", help="only answers whose name holds this")
    given = ask.parse_args()

    def analyzed(answer):
        options = ("--kind", answer.kind, "--question", answer.question)
        if not given.audio:
            text = bare(answer.text) if given.bare else answer.text
            return report_on_text(given.cutlist, text, *options)
        files = [Path(given.audio, answer.name + ending) for ending in (".wav", ".flac")]
        found = next((file for file in files if file.exists()), None)
        return report(given.cutlist, found, *options) if found else None

    answers, score = read_folder(given.answers, given.names), Score()
    with ThreadPoolExecutor(1 if given.audio else 2) as pool:
        for answer, found in zip(answers, pool.map(analyzed, answers), strict=True):
            if found:
                score.add(Reading.of_answer(answer), Reading.of_report(found))
    if not score.answers:
        raise ValueError(f"{given.audio}: no recording of these answers")
    if given.json:
        print(json.dumps({"answers": score.answers} | score.rows()))
    else:
        print(f"{score.answers} answers\n{table(score.rows())}")


if __name__ == "__main__":
    script(main)
