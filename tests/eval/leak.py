#!/usr/bin/env python3
"""How much of the cut list can be guessed from single words, or from length, with no understanding?

    tests/eval/leak.py --train models/judge/answers --test tests/fixtures/kept-out

Naive Bayes over the words of a unit, trained on the first folders and scored on the others: the
area under the ROC curve for "cut". 0.5 is chance. Answers as people speak them come to 0.65 to 0.8;
a test set above 0.9 only asks whether its writers' vocabulary is known, and a figure on it says
little about people. It belongs beside every figure of the judge.
"""

import argparse
import math
import re
from collections import Counter
from pathlib import Path

from labelled import read_folder
from program import script


def units(folder):
    """(whether it is cut, its words) of every unit of a folder."""
    return [
        (unit.verdict == "cut", re.findall(r"[a-z']+|\d+", unit.text.lower()))
        for answer in read_folder(folder)
        for unit in answer.units
    ]


def auc(scored):
    """Area under the ROC curve of (score, truth), by ranks; ties share theirs."""
    scored = sorted(scored)
    ones = sum(truth for _, truth in scored)
    rank_sum = at = 0
    while at < len(scored):
        end = at
        while end < len(scored) and scored[end][0] == scored[at][0]:
            end += 1
        rank_sum += (at + 1 + end) / 2 * sum(truth for _, truth in scored[at:end])
        at = end
    return (rank_sum - ones * (ones + 1) / 2) / max(1, ones * (len(scored) - ones))


def weigher(train):
    """What words say for "cut": the log of how much likelier they are in units that are."""
    seen, count = {False: Counter(), True: Counter()}, Counter()
    for is_cut, words in train:
        count[is_cut] += 1
        seen[is_cut].update(set(words))

    def share(word, is_cut):
        return math.log((seen[is_cut][word] + 0.5) / (count[is_cut] + 1))

    known = set(seen[False]) | set(seen[True])
    return lambda words: sum(share(word, True) - share(word, False) for word in set(words) & known)


def main():
    """Runs the script."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--train", nargs="+", required=True, metavar="FOLDER")
    ask.add_argument("--test", nargs="+", required=True, metavar="FOLDER")
    given = ask.parse_args()
    weigh = weigher([unit for folder in given.train for unit in units(folder)])
    for folder in given.test:
        rows = units(folder)
        by_words = auc([(weigh(words), is_cut) for is_cut, words in rows])
        by_length = auc([(-len(words), is_cut) for is_cut, words in rows])
        print(
            f"{Path(folder).name:22} units {len(rows):5}  words alone {by_words:.3f}  "
            f"shortness alone {by_length:.3f}"
        )


if __name__ == "__main__":
    script(main)
