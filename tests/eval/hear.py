#!/usr/bin/env python3
"""Score the ears: is everything heard, every um and uh, and at the right time?

    tests/eval/hear.py --answers recordings recordings
    tests/eval/hear.py FOLDER

FOLDER holds recordings. The words said come from reference.tsv beside them (name, tab, text), from
--refs, or from NAME.answer in the folder of --answers. Analyzes one recording at a time and prints,
for each and in total:

wer        word error rate against every word said, fillers counted as words
lost       words in runs of four or more for which nothing was heard
invented   words in runs of four or more that nobody said
um         filled pauses found: F1, precision, recall, and how many there are
time       where NAME.times is beside the recording: by how much sentence starts are off, in
           seconds, median and 90th percentile
rtf        seconds of work for a second of sound, whole process; compare only within one run
"""

import json
import sys
import time
from pathlib import Path

from labelled import read
from program import asking, report, script
from words import FILLED_PAUSES, align, comparable, same

LEAST_RUN = 4
RECORDINGS = (".wav", ".flac", ".mp3")


def runs(flags):
    """How many flags are set in runs of LEAST_RUN or more."""
    total = length = 0
    for flag in [*flags, False]:
        if not flag:
            total += length if length >= LEAST_RUN else 0
        length = length + 1 if flag else 0
    return total


def heard(cutlist, path, sentences, times):
    """Counts of one recording. `times` are the sentences' start and end, or empty."""
    said = [word for sentence in sentences for word in sentence]
    start = time.time()
    found = report(cutlist, path)
    wall_s = time.time() - start
    words, owner = [], []
    for i, word in enumerate(found["transcript"]["words"]):
        for part in comparable(word["text"]):
            words.append(part)
            owner.append(i)
    pairs = align(said, words)
    both = [(i, j) for i, j in pairs if i is not None and j is not None]
    hits = {i: j for i, j in both if same(said[i], words[j])}
    off, at = [], 0
    for sentence, (start_s, _) in zip(sentences, times, strict=False):
        if at in hits:
            word = found["transcript"]["words"][owner[hits[at]]]
            off.append(abs(word["start_s"] - start_s))
        at += len(sentence)
    return {
        "words": len(said),
        "errors": len(pairs) - len(hits),
        "lost": runs([j is None for i, j in pairs if i is not None]),
        "invented": runs([i is None for i, j in pairs if j is not None]),
        "um_hits": sum(said[i] in FILLED_PAUSES and words[j] in FILLED_PAUSES for i, j in both),
        "um_said": sum(word in FILLED_PAUSES for word in said),
        "um_heard": sum(word in FILLED_PAUSES for word in words),
        "off_s": off,
        "length_s": found["source"]["duration_s"],
        "wall_s": wall_s,
        "warnings": [warning["code"] for warning in found["warnings"]],
    }


def row(counts):
    """The measures of counts."""
    precision = counts["um_hits"] / max(1, counts["um_heard"])
    recall = counts["um_hits"] / max(1, counts["um_said"])
    has_ums = counts["um_said"] or counts["um_heard"]
    f1 = 2 * precision * recall / max(1e-9, precision + recall) if has_ums else 1.0
    out = {
        "wer": round(counts["errors"] / max(1, counts["words"]), 3),
        "lost": counts["lost"],
        "invented": counts["invented"],
        "um_f1": round(f1, 3),
        "um_precision": round(precision, 3),
        "um_recall": round(recall, 3),
        "um_ref": counts["um_said"],
        "rtf": round(counts["wall_s"] / max(0.1, counts["length_s"]), 3),
    }
    off = sorted(counts["off_s"])
    if off:
        out["time_median_s"] = round(off[len(off) // 2], 2)
        out["time_p90_s"] = round(off[int(len(off) * 0.9)], 2)
    return out


def references(folder, refs, answers, stem):
    """The sentences said, as comparable words, and whether their borders are known."""
    table = Path(refs or Path(folder, "reference.tsv"))
    if table.exists():
        for line in table.read_text(encoding="utf-8").splitlines():
            name, tab, text = line.partition("\t")
            if tab and name == stem:
                return [comparable(text.split("\t")[0])], False
    path = Path(answers or ".", stem + ".answer")
    if answers and path.exists():
        return [comparable(unit.text) for unit in read(path).units], True
    return None, False


def heard_folder(cutlist, folder, refs=None, answers=None):
    """(name, counts) of every recording of a folder whose words are known."""
    for path in sorted(Path(folder).iterdir()):
        if path.suffix not in RECORDINGS:
            continue
        sentences, has_borders = references(folder, refs, answers, path.stem)
        if sentences is None:
            continue
        file = path.with_suffix(".times")
        lines = file.read_text().splitlines() if has_borders and file.exists() else []
        yield path.stem, heard(cutlist, path, sentences, [map(float, x.split()) for x in lines])


def summed(all_counts):
    """The counts of several recordings together."""
    return {key: sum((counts[key] for counts in all_counts[1:]), all_counts[0][key])
            for key in all_counts[0]}  # fmt: skip


def shown(name, counts):
    """One row as text."""
    return f"{name:34} " + "  ".join(f"{key} {value}" for key, value in row(counts).items())


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--refs", metavar="FILE", help="instead of reference.tsv in the folder")
    ask.add_argument("--answers", metavar="FOLDER", help="labelled answers with the words said")
    ask.add_argument("--json", action="store_true", help="print the total as one JSON object")
    ask.add_argument("audio", metavar="FOLDER")
    given = ask.parse_args()
    to, counts = sys.stderr if given.json else sys.stdout, []
    for name, one in heard_folder(given.cutlist, given.audio, given.refs, given.answers):
        counts.append(one)
        print(shown(name, one), file=to, flush=True)
    if not counts:
        raise ValueError(f"{given.audio}: no recording whose words are known")
    print(shown("TOTAL", summed(counts)), file=to)
    if given.json:
        print(json.dumps(row(summed(counts))))


if __name__ == "__main__":
    script(main)
