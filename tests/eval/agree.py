#!/usr/bin/env python3
"""How far two readings of the same answers agree: the ceiling of what `score.py` prints.

    tests/eval/agree.py FIRST SECOND

FIRST and SECOND are folders of the same answers (by file name), labelled twice. The measures are
those of `score.py`, with the second reading in the program's place; F1 does not depend on which
comes first. `kappa` is Cohen's, of cut or not by units: agreement beyond chance.
"""

import json

from labelled import read_folder
from program import asking, script
from reading import Reading, Score, table


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("first", metavar="FIRST")
    ask.add_argument("second", metavar="SECOND")
    given = ask.parse_args()
    second, score = {answer.name: answer for answer in read_folder(given.second)}, Score()
    for answer in read_folder(given.first):
        if answer.name in second:
            score.add(Reading.of_answer(answer), Reading.of_answer(second[answer.name]))
    if not score.answers:
        raise ValueError(f"{given.first} and {given.second} have no answer in common")
    rows = score.rows()
    rows["cut"]["kappa"] = score.kappa()
    if given.json:
        print(json.dumps({"answers": score.answers} | rows))
    else:
        print(f"{score.answers} answers, labelled twice\n{table(rows)}")


if __name__ == "__main__":
    script(main)
