"""From the network's probabilities to decisions, and the score of decisions against labels.

The Rust twin is `src/judge/decode.rs`. The score counts as the project's evaluation does: a
labelled unit takes the verdict of the decided unit that covers most of it; spans by overlap, one
hit a labelled span; the conclusion by exact unit; layers by presence.
"""

import numpy as np

import answers as A

DEFAULTS = {
    "border": 0.5,
    "cut": 0.5,
    "trim": 0.5,
    "no_conclusion": 0.5,
    "weak": 0.5,
    "layers": [0.5] * len(A.LAYERS),
    "spans": [0.5] * len(A.SPANS),
}
LONGEST_UNIT = 60  # words; a longer run is divided where a border is likeliest


def softmax(x, axis=-1):
    """Probabilities from logits."""
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def sigmoid(x):
    """Probability from a logit."""
    return 1 / (1 + np.exp(-x))


def units(border, threshold):
    """Word ranges of the units, from the probability of each word to begin one."""
    count = len(border)
    starts = [0] + [i for i in range(1, count) if border[i] >= threshold] if count else []
    out = []
    for lo, hi in zip(starts, starts[1:] + [count]):
        pieces = [(lo, hi)]
        while pieces:
            a, b = pieces.pop(0)
            if b - a <= LONGEST_UNIT:
                out.append((a, b))
                continue
            at = a + 5 + int(np.argmax(border[a + 5 : b - 4]))
            pieces = [(a, at), (at, b), *pieces]
    return out


def borders(y, i, first):
    """Probability of each word to begin a unit."""
    out = sigmoid(np.asarray(y["border"][i], np.float64)[first])
    if len(out):
        out[0] = 1.0
    return out


def reading(y, i, first, count):
    """What the network says of answer `i` of a batch, as probabilities, before any threshold."""
    point = np.asarray(y["point"][i], np.float64)
    point = softmax(point[[*range(count), point.shape[0] - 1]], 0)
    tags = np.asarray(y["tag"][i], np.float64)[first]
    return {
        "verdict": softmax(np.asarray(y["verdict"][i], np.float64)[:count]),
        "reason": softmax(np.asarray(y["reason"][i], np.float64)[:count]),
        "point": point,
        "weak": sigmoid(np.asarray(y["weak"][i], np.float64)[:count]),
        "tag": softmax(tags) if len(first) else np.zeros((0, 1 + 2 * len(A.SPANS))),
        "kind": softmax(np.asarray(y["kind"][i], np.float64)),
    }


def spans(tag, thresholds):
    """Runs of words whose class passes its threshold; a B likelier than I begins a new run."""
    out, last = [], None
    both = tag[:, 1::2] + tag[:, 2::2]
    ratio = both / np.asarray(thresholds)
    for word in np.flatnonzero((ratio >= 1).any(1)):
        word = int(word)
        c = int(ratio[word].argmax())
        goes_on = last is not None and last[0] == c and last[2] == word
        if goes_on and tag[word, 1 + 2 * c] <= tag[word, 2 + 2 * c]:
            last[2] = word + 1
            last[3].append(both[word, c])
        else:
            last = [c, word, word + 1, [both[word, c]]]
            out.append(last)
    return [(c, lo, hi, float(np.mean(p))) for c, lo, hi, p in out]


def decide(r, t):
    """Verdicts, reasons, conclusion, layers and spans under the thresholds `t`."""
    count = len(r["verdict"])
    likely = r["point"][:, 0]
    has_one = count and likely[-1] < t["no_conclusion"]
    conclusion = int(likely[:-1].argmax()) if has_one else None
    verdicts, reasons = [], []
    for n in range(count):
        keep, trim, cut = r["verdict"][n]
        goes = cut >= t["cut"] and n != conclusion
        trims = not goes and trim >= t["trim"] * (keep + trim)
        verdicts.append(2 if goes else 1 if trims else 0)
        first = A.FIRST_CUT_REASON
        if n == conclusion:
            reasons.append(0)
        elif goes:
            reasons.append(first + int(r["reason"][n, first:].argmax()))
        else:
            reasons.append(1 + int(r["reason"][n, 1:first].argmax()))
    layers = [
        int(r["point"][:-1, 1 + k].argmax())
        if count and r["point"][-1, 1 + k] < t["layers"][k]
        else None
        for k in range(len(A.LAYERS))
    ]
    is_weak = conclusion is not None and r["weak"][conclusion] >= t["weak"]
    return {
        "verdicts": verdicts,
        "reasons": reasons,
        "conclusion": conclusion,
        "weak": bool(is_weak),
        "layers": layers,
        "spans": spans(r["tag"], t["spans"]),
    }


# ---- scores ------------------------------------------------------------------------------------


def ranges(answer):
    """Word ranges of the labelled units."""
    out, lo = [], 0
    for unit in answer.units:
        out.append((lo, lo + len(unit.words)))
        lo += len(unit.words)
    return out


def labelled_spans(answer):
    """The labelled spans as [class, first word, word behind]."""
    out, word = [], 0
    for unit in answer.units:
        for tag in unit.tags:
            if tag:
                if tag[1] or not out or out[-1][2] != word or out[-1][0] != tag[0]:
                    out.append([tag[0], word, word + 1])
                else:
                    out[-1][2] = word + 1
            word += 1
    return out


def f1(hits, alarms, misses):
    """Harmonic mean of precision and recall, from counts."""
    return 2 * hits / max(1, 2 * hits + alarms + misses)


def overlap(a, b):
    """Words that two ranges share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def meet(labelled, found, c):
    """Hits, false alarms and misses of class c; a second span on a labelled one is neither."""
    want = [(lo, hi) for k, lo, hi in labelled if k == c]
    left, hits, alarms = list(want), 0, 0
    for k, lo, hi, _ in found:
        if k != c:
            continue
        hit = next((g for g in left if overlap(g, (lo, hi))), None)
        if hit:
            left.remove(hit)
            hits += 1
        elif not any(overlap(g, (lo, hi)) for g in want):
            alarms += 1
    return np.array([hits, alarms, len(left)])


def covering(labelled, decided):
    """For each labelled range the number of the decided one that covers most of it."""
    out = []
    for own in labelled:
        best = max(range(len(decided)), key=lambda n: overlap(own, decided[n]), default=None)
        out.append(best if best is not None and overlap(own, decided[best]) else None)
    return out


def near(want, found):
    """Hits, false alarms and misses of borders, one word of leeway."""
    hits = sum(any(abs(b - w) <= 1 for b in found) for w in want)
    alarms = sum(not any(abs(b - w) <= 1 for w in want) for b in found)
    return np.array([hits, alarms, len(want) - hits])


def score(triples):
    """One figure a measure, from (answer, decided units as word ranges, decisions)."""
    cut, border = np.zeros(3, int), np.zeros(3, int)
    by_class, layers = np.zeros((len(A.SPANS), 3), int), np.zeros((len(A.LAYERS), 3), int)
    harmed = kept = exact = emptied = told = starred = weak_right = 0
    for answer, decided, d in triples:
        labelled = ranges(answer)
        covers = covering(labelled, decided)
        want_star = next((n for n, unit in enumerate(answer.units) if unit.star), None)
        for n, unit in enumerate(answer.units):
            got = covers[n] is not None and d["verdicts"][covers[n]] == A.CUT
            want = unit.verdict == A.CUT
            cut += [got and want, got and not want, want and not got]
            if unit.verdict == 0:
                kept, harmed = kept + 1, harmed + got
        stays = sum(b - a for (a, b), v in zip(decided, d["verdicts"]) if v != A.CUT)
        total = labelled[-1][1]
        emptied += stays < 0.2 * total and any(unit.verdict != A.CUT for unit in answer.units)
        star = d["conclusion"]
        got_star = (
            next((n for n, c in enumerate(covers) if c == star), -9) if star is not None else None
        )
        exact += got_star == want_star
        told += (star is None) == (want_star is None)
        if want_star is not None and got_star == want_star:
            starred += 1
            weak_right += d["weak"] == (answer.units[want_star].star == "*?")
        if answer.has_borders:
            border += near([lo for lo, _ in labelled[1:]], [lo for lo, _ in decided[1:]])
        for c in range(len(A.SPANS)):
            by_class[c] += meet(labelled_spans(answer), d["spans"], c)
        for k in range(len(A.LAYERS)):
            want = any(k in unit.layers for unit in answer.units)
            got = d["layers"][k] is not None
            layers[k] += [got and want, got and not want, want and not got]
    count = max(1, len(triples))
    out = {
        "cut": f1(*cut),
        "harmed": harmed / max(1, kept),
        "emptied": emptied,
        "conclusion": exact / count,
        "told": told / count,
        "weak": weak_right / max(1, starred),
        "layers": f1(*layers.sum(0)),
        "border": f1(*border),
    }
    out |= {name: f1(*by_class[c]) for c, name in enumerate(A.SPANS)}
    out |= {"layer_" + name: f1(*layers[k]) for k, name in enumerate(A.LAYERS)}
    return {name: round(float(value), 3) for name, value in out.items()}
