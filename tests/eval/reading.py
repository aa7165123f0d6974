"""A reading of an answer, by a labeller or by the program, and how two readings compare."""

import difflib
from collections import Counter
from dataclasses import dataclass, field

from labelled import LAYERS, SPANS
from words import comparable

_CLASSES = {"repetition": "repeat_or_restart", "restart": "repeat_or_restart"}
_EMPTY = 0.2


@dataclass
class Reading:
    """Words, and what is said of them; ranges are half open and count comparable words."""

    words: list = field(default_factory=list)
    units: list = field(default_factory=list)  # (range, verdict)
    conclusion: int | None = None  # index of a unit
    spans: list = field(default_factory=list)  # (class, range)
    layers: set = field(default_factory=set)

    @staticmethod
    def of_answer(answer):
        """The reading of a labeller."""
        out = Reading(conclusion=answer.conclusion)
        for unit in answer.units:
            start = len(out.words)
            for letter, text in unit.pieces:
                at = len(out.words)
                out.words += comparable(text)
                if letter and len(out.words) > at:
                    out.spans.append((SPANS[letter], (at, len(out.words))))
            out.units.append(((start, len(out.words)), unit.verdict))
        out.layers = {name for name, at in answer.layers.items() if at is not None}
        return out

    @staticmethod
    def of_report(report):
        """The reading of the program."""
        out, starts = Reading(), []
        for word in report["transcript"]["words"]:
            starts.append(len(out.words))
            out.words += comparable(word["text"])
        starts.append(len(out.words))
        verdicts = {cut["sentence"]: cut["verdict"] for cut in report["cuts"]}
        measures = report["measures"]

        def words(item):
            lo, hi = item["words"]
            return starts[lo], starts[hi]

        for sentence in report["transcript"]["sentences"]:
            out.units.append((words(sentence), verdicts.get(sentence["index"], "keep")))
        out.conclusion = measures["time_to_conclusion"]["sentence"]
        for item in measures["fillers"]["items"]:
            out.spans.append((_CLASSES.get(item["class"], item["class"]), words(item)))
        for name, measure in (("vague", "vague"), ("metric", "metrics")):
            out.spans += [(name, words(item)) for item in measures[measure]["items"]]
        shown = {name: measures["layers"].get(name) or {} for name in LAYERS}
        out.layers = {name for name, at in shown.items() if at.get("sentence") is not None}
        return out

    def placed_on(self, words):
        """The same reading with its ranges counted in other words; a range is None where none fits.

        The two word sequences are aligned, so that a recogniser's errors shift nothing else.
        """
        to = {}
        matcher = difflib.SequenceMatcher(None, words, self.words, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            for j in range(j1, j2) if tag in ("equal", "replace") else ():
                to[j] = i1 + (j - j1) * (i2 - i1) // (j2 - j1)

        def place(span):
            at = [to[j] for j in range(*span) if j in to]
            return (min(at), max(at) + 1) if at else None

        units = [(place(span), verdict) for span, verdict in self.units]
        spans = [(name, place(span)) for name, span in self.spans]
        return Reading(list(words), units, self.conclusion, spans, self.layers)


def shared(one, other):
    """How many words two ranges share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0])) if one and other else 0


@dataclass
class Tally:
    """Hits, false alarms and misses."""

    hits: int = 0
    alarms: int = 0
    misses: int = 0

    def add(self, wanted, found):
        """Counts one case that is wanted, found, both or neither."""
        self.hits += wanted and found
        self.alarms += found and not wanted
        self.misses += wanted and not found

    def add_spans(self, wanted, found):
        """Counts ranges: each wanted one is hit once, by any that shares a word with it."""
        left = list(wanted)
        for span in found:
            hit = next((other for other in left if shared(other, span)), None)
            if hit:
                left.remove(hit)
                self.hits += 1
            elif not any(shared(other, span) for other in wanted):
                self.alarms += 1
        self.misses += len(left)

    def row(self):
        """Precision, recall and F1 with the counts behind them."""
        precision = self.hits / max(1, self.hits + self.alarms)
        recall = self.hits / max(1, self.hits + self.misses)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        shares = {"precision": precision, "recall": recall, "f1": f1}
        counts = {"tp": self.hits, "fp": self.alarms, "fn": self.misses}
        return {name: round(share, 3) for name, share in shares.items()} | counts


class Score:
    """What a set of answers comes to: the found reading of each held against the wanted one."""

    def __init__(self):
        self.answers = self.exact = self.near = self.kept = self.harmed = self.emptied = 0
        self.cut, self.cut_by_words, self.borders = Tally(), Tally(), Tally()
        self.spans = {name: Tally() for name in SPANS.values()}
        self.layers = {name: Tally() for name in LAYERS}
        self.cells = Counter()

    def add(self, wanted, found):
        """Counts one answer."""
        found = found.placed_on(wanted.words)
        self.answers += 1
        covers = [self._cover(span, found.units) for span, _ in wanted.units]
        self._verdicts(wanted, found, covers)
        self._words(wanted, found)
        self._borders(wanted, found)
        self._conclusion(wanted, found, covers)
        for name, tally in self.spans.items():
            ranges = ([at for kind, at in r.spans if kind == name] for r in (wanted, found))
            tally.add_spans(*ranges)
        for name, tally in self.layers.items():
            tally.add(name in wanted.layers, name in found.layers)

    @staticmethod
    def _cover(span, units):
        """Index of the found unit that covers most of a wanted one, or None."""
        sizes = [shared(span, other) for other, _ in units]
        most = max(sizes, default=0)
        return sizes.index(most) if most else None

    def _verdicts(self, wanted, found, covers):
        """A wanted unit takes the verdict of the found one that covers most of it."""
        for (_, verdict), cover in zip(wanted.units, covers, strict=True):
            is_cut = cover is not None and found.units[cover][1] == "cut"
            self.cut.add(verdict == "cut", is_cut)
            self.cells[verdict == "cut", is_cut] += 1
            if verdict == "keep":
                self.kept += 1
                self.harmed += is_cut

    def _words(self, wanted, found):
        """The same by words, which weighs every word alike; units labelled trim are left out."""
        cut = {i for at, verdict in found.units if at and verdict == "cut" for i in range(*at)}
        for span, verdict in wanted.units:
            for i in range(*span) if verdict != "trim" else ():
                self.cut_by_words.add(verdict == "cut", i in cut)
        left = sum(at[1] - at[0] for at, verdict in found.units if at and verdict != "cut")
        has_something = any(verdict != "cut" for _, verdict in wanted.units)
        self.emptied += left < _EMPTY * len(wanted.words) and has_something

    def _borders(self, wanted, found):
        """Borders between units, with one word of leeway."""
        want = {span[0] for span, _ in wanted.units} - {0}
        got = {at[0] for at, _ in found.units if at} - {0}
        hits = sum(any(abs(one - other) <= 1 for other in got) for one in want)
        self.borders.hits += hits
        self.borders.misses += len(want) - hits
        self.borders.alarms += sum(all(abs(one - other) > 1 for other in want) for one in got)

    def _conclusion(self, wanted, found, covers):
        """Whether the conclusion is that unit, or a neighbour; none has to be none."""
        want, got = wanted.conclusion, found.conclusion
        if want is None or got is None:
            right = want is None and got is None
            self.exact += right
            self.near += right
        elif got in covers:
            self.exact += covers.index(got) == want
            self.near += abs(covers.index(got) - want) <= 1

    def kappa(self):
        """Cohen's kappa of cut or not, by units: agreement beyond what chance would give."""
        total = max(1, sum(self.cells.values()))
        agreed = (self.cells[True, True] + self.cells[False, False]) / total
        one, other = self.cut.hits + self.cut.misses, self.cut.hits + self.cut.alarms
        chance = (one * other + (total - one) * (total - other)) / total**2
        return round((agreed - chance) / max(1e-9, 1 - chance), 3)

    def rows(self):
        """Every measure by name."""
        total = Tally()
        for tally in self.layers.values():
            total.hits += tally.hits
            total.alarms += tally.alarms
            total.misses += tally.misses
        count = max(1, self.answers)
        shares = {"exact": self.exact / count, "within_one": self.near / count}
        harmed = round(self.harmed / max(1, self.kept), 3)
        return {
            "conclusion": {name: round(share, 3) for name, share in shares.items()},
            "cut": self.cut.row() | {"keep_harmed": harmed},
            "cut_by_words": self.cut_by_words.row() | {"answers_emptied": self.emptied},
            "unit_borders": self.borders.row(),
            **{name: tally.row() for name, tally in self.spans.items()},
            "layers": total.row() | {name: t.row()["f1"] for name, t in self.layers.items()},
        }


def table(rows):
    """Rows as text, one a measure."""
    return "\n".join(
        f"{name:18} " + "  ".join(f"{key} {value}" for key, value in row.items())
        for name, row in rows.items()
    )
