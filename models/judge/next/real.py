#!/usr/bin/env python3
"""Real people's answers, kept as labels without texts.

    real.py rebuild SOURCES OUT             *.labels and the sources → OUT/first and OUT/second
    real.py strip SOURCES ANSWERS LABELS    ANSWERS/*.answer with a `# source:` line → LABELS/*.labels

The answers are turns of earnings calls and podcasts in revdotcom/speech-datasets (CC BY-SA 4.0).
Their words are not ours to hand on: a `.labels` file says where they stand in the source, and what
the labels are. SOURCES is a git directory of that repository, bare or not. What `rebuild` writes is
for training on this machine; never commit it.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import answers as A  # noqa: E402

READINGS = {"first": "answers-real", "second": "second-readings"}
REPOSITORY = "revdotcom/speech-datasets"
COMMIT = "2f1a8f00bc2bd72e57a459c7ac8dae4041e3e078"
REMARK = re.compile(r"^[<\[(].*[>\])]\W*$")
MARKS = re.compile(r"^([\"'“”‘’(\[]*)(.*?)([\"'“”‘’)\].,;:!?…]*)$", re.S)


def words_of(sources, path, cache={}):  # noqa: B006 - the cache is meant to be shared
    """A transcript's words, each with its punctuation: token and mark of every row."""
    if path not in cache:
        git = (
            os.path.join(sources, ".git")
            if os.path.isdir(os.path.join(sources, ".git"))
            else sources
        )
        command = ["git", f"--git-dir={git}", "show", f"{COMMIT}:{path}"]
        shown = subprocess.run(command, capture_output=True, check=False)
        if shown.returncode:
            raise LookupError(
                f"{path} is not in {sources} at {COMMIT[:12]}: fetch {REPOSITORY} in full"
            )
        rows = [row.split("|") for row in shown.stdout.decode("utf-8", "replace").splitlines()[1:]]
        cache[path] = [row[0] + row[4] for row in rows if len(row) > 4 and row[0]]
    return cache[path]


def plain(word):
    """What two spellings of a word share."""
    return re.sub(r"[^a-z0-9$%]", "", word.lower())


def digest(words):
    """Tells whether the source still says the same."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


# ---- from texts to labels ----------------------------------------------------------------------


def places(source, lo, hi, mine):
    """For each word of an answer its place in the source, somewhere in [lo, hi)."""
    there = [i for i in range(lo, hi) if plain(source[i]) and not REMARK.match(source[i])]
    want = [plain(word) for word in mine if plain(word)]
    for start in range(len(there) - len(want) + 1):
        if all(plain(source[i]) == w for i, w in zip(there[start:], want)):
            out, n = [], start
            for word in mine:
                out.append(there[min(n, len(there) - 1)])
                n += bool(plain(word))
            return out
    raise LookupError("its words are not those of the source")


def strip(sources, path):
    """The labels of one answer, without its words."""
    with open(path, encoding="utf-8") as file:
        head = re.search(r"^# source: (\S+) (\d+) (\d+)", file.read(), re.M)
    if not head:
        raise LookupError("no `# source: PATH LO HI`")
    answer, source = A.read(path), words_of(sources, head[1])
    at = places(source, int(head[2]), int(head[3]), answer.words())
    lines, n, layers = [], 0, dict.fromkeys(A.LAYERS)
    for number, unit in enumerate(answer.units, 1):
        where = at[n : n + len(unit.words)]
        n += len(unit.words)
        spans = []
        for place, tag in zip(where, unit.tags):
            if tag and (tag[1] or not spans):
                spans.append([A.SPAN_LETTERS[tag[0]], place, place + 1])
            elif tag:
                spans[-1][2] = place + 1
        lo, hi = where[0], where[-1] + 1
        gaps = sorted(set(range(lo, hi)) - set(where))
        line = {
            "verdict": A.VERDICTS[unit.verdict],
            "reason": A.REASONS[unit.reason],
            "star": unit.star,
            "words": [lo, hi],
            "spans": spans,
        }
        if gaps:
            line["drop"] = gaps
        lines.append(line)
        for layer in unit.layers:
            layers[A.LAYERS[layer]] = number
    lo, hi = lines[0]["words"][0], lines[-1]["words"][1]
    return {
        "id": answer.id,
        "kind": answer.kind,
        "question": answer.question,
        "path": head[1],
        "sha256_16": digest(source[lo:hi]),
        "layers": layers,
        "lines": lines,
    }


# ---- from labels to texts ----------------------------------------------------------------------


def line_text(source, line):
    """A labelled line with its spans; marks at a span's edges stand outside, but inside `r`."""
    lo, hi = line["words"]
    dropped = set(line.get("drop", []))
    spans = {start: (letter, stop) for letter, start, stop in line["spans"]}
    out, i = [], lo
    while i < hi:
        letter, stop = spans.get(i, (None, i + 1))
        run = [source[j] for j in range(i, stop) if j not in dropped]
        run = " ".join(word.replace("{", "(").replace("}", ")").replace("|", "/") for word in run)
        if run and letter == "r":
            out.append("{r:" + run + "}")
        elif run and letter:
            before, inside, behind = MARKS.match(run).groups()
            out.append(f"{before}{{{letter}:{inside}}}{behind}" if inside else run)
        elif run:
            out.append(run)
        i = stop
    return " ".join(out)


def rebuild(sources, labels):
    """The text of one labelled answer."""
    source = words_of(sources, labels["path"])
    lo, hi = labels["lines"][0]["words"][0], labels["lines"][-1]["words"][1]
    if digest(source[lo:hi]) != labels["sha256_16"]:
        raise LookupError(f"{labels['path']} does not say what was labelled")
    out = [f"# {key}: {labels[key]}" for key in ("id", "kind", "question")]
    shown = " ".join(f"{name}={at or '-'}" for name, at in labels["layers"].items())
    out.append("# layers: " + shown)
    for line in labels["lines"]:
        out.append(f"{line['verdict']} {line['reason']}{line['star']} | {line_text(source, line)}")
    return "\n".join(out) + "\n"


def main():
    """Does one of the two for every file, and says which could not be done."""
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = ap.add_subparsers(dest="what", required=True)
    for what, folders in (("rebuild", ["out"]), ("strip", ["answers", "labels"])):
        kind = kinds.add_parser(what)
        kind.add_argument("sources", help=f"git directory of {REPOSITORY}")
        for folder in folders:
            kind.add_argument(folder)
    o = ap.parse_args()
    failed = 0
    for path, write in rebuilding(o) if o.what == "rebuild" else stripping(o):
        try:
            write()
        except (LookupError, ValueError, OSError) as error:
            failed += 1
            print(f"{os.path.basename(path)}: {error}", file=sys.stderr)
    print("all done" if not failed else f"{failed} not done")
    return 1 if failed else 0


def put(folder, name, text):
    """Writes one file, and its folder where it is missing."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def rebuilding(o):
    """Each labels file with what rebuilds it."""
    for reading, folder in READINGS.items():
        folder = os.path.join(HERE, folder)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".labels"):
                path = os.path.join(folder, name)
                out, target = os.path.join(o.out, reading), name.removesuffix(".labels") + ".answer"

                def write(path=path, out=out, target=target):
                    with open(path, encoding="utf-8") as file:
                        put(out, target, rebuild(o.sources, json.load(file)))

                yield path, write


def stripping(o):
    """Each answer with what strips it."""
    for place, _, names in sorted(os.walk(o.answers)):
        for name in sorted(names):
            if name.endswith(".answer"):
                path = os.path.join(place, name)

                def write(path=path):
                    labels = strip(o.sources, path)
                    lines = [json.dumps(x, ensure_ascii=False) for x in labels.pop("lines")]
                    head = json.dumps(labels, ensure_ascii=False, indent=1)[:-2]
                    body = ",\n  ".join(lines)
                    text = f'{head},\n "lines": [\n  {body}\n ]\n}}\n'
                    put(o.labels, labels["id"] + ".labels", text)

                yield path, write


if __name__ == "__main__":
    sys.exit(main())
