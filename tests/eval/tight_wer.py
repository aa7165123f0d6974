#!/usr/bin/env python3
"""Hear the cut answer again: does it say what the report's tightened text says?

    tests/eval/tight_wer.py recordings/sample-answer.wav

For each recording: `cutlist analyze --export tight`, then `cutlist analyze` on the WAV it wrote.
Printed are the word error rate against `tightened.text` (case, punctuation and the spelling of
numbers apart; every um counts as a word), the same with ums left out, the same without the words
that the export says it leaves in, the seconds before and after, and the words that differ.

Exit status 1 when the first rate is above 0.08 for any recording.
"""

import re
import shutil
import tempfile
from pathlib import Path

from program import asking, report, run, script
from words import FILLED_PAUSES, comparable, errors

LIMIT = 0.08


def spoken(words):
    """The words that are not filled pauses."""
    return [word for word in words if word not in FILLED_PAUSES]


def rate(edits, words):
    """Edits a word."""
    return edits / max(1, len(words))


def expected_anyway(edits, told):
    """How many of the edits are words that the export said it leaves in."""
    left, count = list(told), 0
    for said, heard in edits:
        if said is None and heard in left:
            left.remove(heard)
            count += 1
    return count


def heard_again(cutlist, path, folder):
    """(edits, words of the tightened text, a line to print) of one recording."""
    copy = Path(folder, Path(path).name)
    shutil.copyfile(path, copy)
    found, told = run(cutlist, copy, "--export", "tight", "--overwrite")
    again = report(cutlist, copy.with_suffix(".cutlist.wav"))
    want = comparable(found["tightened"]["text"])
    got = comparable(" ".join(word["text"] for word in again["transcript"]["words"]))
    edits = errors(want, got)
    stays = [line for line in told.splitlines() if "stay in the cut sound" in line]
    named = re.findall(r'"([^"]*)"', stays[0].split(":", 1)[1]) if stays else []
    allowed = expected_anyway(edits, comparable(" ".join(named)))
    without = rate(len(errors(spoken(want), spoken(got))), spoken(want))
    lengths = [one["source"]["duration_s"] for one in (found, again)]
    differ = ", ".join(f"{said or '∅'}>{heard or '∅'}" for said, heard in edits)
    line = (
        f"{copy.name:40} words {len(want)}  wer {rate(len(edits), want):.3f}  "
        f"without ums {without:.3f}  "
        f"without words told to stay {rate(len(edits) - allowed, want):.3f}  "
        f"{lengths[0]:.1f} s -> {lengths[1]:.1f} s  {differ}"
    )
    return edits, want, "\n    ".join([line, *stays[:1]])


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--keep", metavar="FOLDER", help="leave the copies and their exports here")
    ask.add_argument("recordings", nargs="+", metavar="RECORDING")
    given = ask.parse_args()
    wrong, words, is_over = 0, [], False
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        for path in given.recordings:
            edits, want, line = heard_again(given.cutlist, path, folder)
            print(line, flush=True)
            wrong += len(edits)
            words += want
            is_over = is_over or rate(len(edits), want) > LIMIT
    print(f"{'TOTAL':40} words {len(words)}  wer {rate(wrong, words):.3f}")
    return int(is_over)


if __name__ == "__main__":
    script(main)
