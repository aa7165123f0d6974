"""From the network's probabilities to decisions, and the score of decisions against labels.

The Rust twin is `src/judge/decode.rs`. The score counts as the project's evaluation does: spans by overlap,
one hit a labelled span; the conclusion by exact sentence; layers by presence.
"""
import numpy as np

import answers as A

DEFAULTS = {"cut": 0.5, "trim": 0.5, "no_conclusion": 0.5, "layers": [0.5] * 6, "spans": [0.5] * 5}


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def reading(y, i, first, count):
    """Probabilities of answer i of a batch: what the network says, before any threshold."""
    point = np.asarray(y["point"][i], np.float64)
    keep = list(range(count)) + [point.shape[0] - 1]
    point = softmax(point[keep], 0)
    tag = softmax(np.asarray(y["tag"][i], np.float64)[first]) if first else np.zeros((0, 11))
    return {"verdict": softmax(np.asarray(y["verdict"][i], np.float64)[:count]),
            "reason": softmax(np.asarray(y["reason"][i], np.float64)[:count]), "point": point, "tag": tag,
            "kind": softmax(np.asarray(y["kind"][i], np.float64))}


def spans(tag, thresholds):
    """Runs of words whose class passes its threshold; a B likelier than I begins a new run of the same class."""
    out, open_ = [], None
    both = tag[:, 1::2] + tag[:, 2::2]
    ratio = both / np.asarray(thresholds)
    for w in np.flatnonzero((ratio >= 1).any(1)):
        w = int(w)
        c = int(ratio[w].argmax())
        if open_ is not None and open_[0] == c and open_[2] == w and tag[w, 1 + 2 * c] <= tag[w, 2 + 2 * c]:
            open_[2] = w + 1
            open_[3].append(both[w, c])
        else:
            open_ = [c, w, w + 1, [both[w, c]]]
            out.append(open_)
    return [(c, lo, hi, float(np.mean(p))) for c, lo, hi, p in out]


def decide(r, t):
    n = len(r["verdict"])
    concl = r["point"][:, 0]
    conclusion = int(concl[:-1].argmax()) if n and concl[-1] < t["no_conclusion"] else None
    verdicts, reasons = [], []
    for s in range(n):
        cut = r["verdict"][s, 2] >= t["cut"] and s != conclusion
        trim = not cut and r["verdict"][s, 1] >= t["trim"] * (r["verdict"][s, 0] + r["verdict"][s, 1])
        verdicts.append(2 if cut else 1 if trim else 0)
        reasons.append(0 if s == conclusion else 8 + int(r["reason"][s, 8:].argmax()) if cut else 1 + int(r["reason"][s, 1:8].argmax()))
    layers = [int(r["point"][:-1, 1 + k].argmax()) if n and r["point"][-1, 1 + k] < t["layers"][k] else None for k in range(6)]
    return {"verdicts": verdicts, "reasons": reasons, "conclusion": conclusion, "layers": layers, "spans": spans(r["tag"], t["spans"])}


def gold_spans(a):
    out, w = [], 0
    for s in a.sentences:
        for t in s.tags:
            if t:
                if t[1] or not out or out[-1][2] != w or out[-1][0] != t[0]:
                    out.append([t[0], w, w + 1])
                else:
                    out[-1][2] = w + 1
            w += 1
    return out


def f1(tp, fp, fn):
    return 2 * tp / max(1, 2 * tp + fp + fn)


def meet(gold, found, c):
    """Hits, false alarms and misses of class c. A second span on the same gold span counts as neither."""
    want = [(lo, hi) for k, lo, hi in gold if k == c]
    left, hits, alarms = list(want), 0, 0
    meets = lambda g, lo, hi: min(g[1], hi) > max(g[0], lo)
    for k, lo, hi, _ in found:
        if k != c:
            continue
        hit = next((g for g in left if meets(g, lo, hi)), None)
        if hit:
            left.remove(hit)
            hits += 1
        elif not any(meets(g, lo, hi) for g in want):
            alarms += 1
    return np.array([hits, alarms, len(left)])


def score(pairs):
    """One figure a measure, from (answer, decisions)."""
    cut, spans_, layers = np.zeros(3, int), np.zeros((5, 3), int), np.zeros((6, 3), int)
    harmed = kept = exact = verdict_hits = reason_hits = total = pointed = 0
    for a, d in pairs:
        gold = None
        for n, s in enumerate(a.sentences):
            got, want = d["verdicts"][n] == 2, s.verdict == 2
            cut += [got and want, got and not want, want and not got]
            if s.verdict == 0:
                kept, harmed = kept + 1, harmed + got
            total, verdict_hits, reason_hits = total + 1, verdict_hits + (d["verdicts"][n] == s.verdict), reason_hits + (d["reasons"][n] == s.reason)
            if s.conclusion:
                gold = n
        exact += d["conclusion"] == gold
        gold_spans_ = gold_spans(a)
        for c in range(5):
            spans_[c] += meet(gold_spans_, d["spans"], c)
        for k in range(6):
            at = [n for n, s in enumerate(a.sentences) if k in s.layers]
            got = d["layers"][k] is not None
            layers[k] += [got and bool(at), got and not at, bool(at) and not got]
            pointed += bool(at) and d["layers"][k] == at[0]
    out = {"cut_f1": f1(*cut), "keep_harmed": harmed / max(1, kept), "verdict": verdict_hits / total, "reason": reason_hits / total,
           "conclusion": exact / len(pairs), "layers_f1": f1(*layers.sum(0)), "layer_sentence": pointed / max(1, int(layers[:, [0, 2]].sum()))}
    out |= {n: f1(*spans_[i]) for i, n in enumerate(A.SPANS)}
    out |= {"layer_" + n: f1(*layers[i]) for i, n in enumerate(A.LAYERS)}
    return {k: round(float(v), 4) for k, v in out.items()}
