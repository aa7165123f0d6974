#!/usr/bin/env python3
"""Train the judge, cross-validate it, export it. See README.md beside this file.

    python3 models/judge/train.py --base MINILM_FOLDER            train on everything and write the weights
    python3 models/judge/train.py --base MINILM_FOLDER --folds 5  cross-validate only; prints one line a measure
"""
import argparse
import json
import os
import pickle
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import jax
import jax.numpy as jnp
import numpy as np

import answers as A
import decode
import network as N
from wordpiece import WordPiece

RECIPE = {"epochs": 10, "batch": 4, "rate": 4e-4, "head_rate": 2e-3, "layer_decay": .9, "warmup": .1, "weight_decay": .01, "dropout": .1,
          "average": .98, "noise": .6, "weights": {"reason": .5, "conclusion": .7, "layers": .7, "kind": 1., "tag": 6., "smooth": 0.}}


def step_sizes(params, recipe):
    """Learning rate of each tensor: the heads fastest, the encoder slower the deeper down."""
    out = {}
    for k in params:
        depth = N.LAYERS - int(k[0]) if k[0].isdigit() else N.LAYERS + 1
        out[k] = recipe["head_rate"] if k.startswith("head") else recipe["rate"] * recipe["layer_decay"] ** (depth - 1)
    return out


def make_step(recipe, sizes):
    """AdamW (Loshchilov and Hutter 2019) with the gradient clipped to norm 1, and a running average of the weights."""
    @jax.jit
    def step(fixed, p, m, v, avg, b, key, n, pace):
        l, g = jax.value_and_grad(lambda p: N.loss(fixed | p, b, key, recipe["weights"], recipe["dropout"]))(p)
        size = jnp.sqrt(sum(jnp.sum(x * x) for x in g.values()))
        g = {k: x / jnp.maximum(size, 1.) for k, x in g.items()}
        m = {k: .9 * m[k] + .1 * g[k] for k in g}
        v = {k: .999 * v[k] + .001 * g[k] ** 2 for k in g}
        new = {}
        for k in p:
            u = (m[k] / (1 - .9 ** n)) / (jnp.sqrt(v[k] / (1 - .999 ** n)) + 1e-8)
            decay = recipe["weight_decay"] if p[k].ndim == 2 else 0.
            new[k] = p[k] - pace * sizes[k] * (u + decay * p[k])
        # A young average would still hold the untrained weights.
        a = jnp.minimum(recipe["average"], (1 + n) / (10 + n))
        return new, m, v, {k: a * avg[k] + (1 - a) * new[k] for k in avg}, l
    return step


def groups(rng, items, size):
    """Batches of answers of similar length, in random order."""
    order = sorted(range(len(items)), key=lambda i: sum(len(s.words) for s in items[i].sentences) + rng.random() * 40)
    out = [[items[i] for i in order[k:k + size]] for k in range(0, len(order), size)]
    for g in out:
        while len(g) < size:
            g.append(items[rng.integers(len(items))])
    rng.shuffle(out)
    return out


def fit(pieces, base, training, recipe, seed, log=None):
    rng = np.random.default_rng(seed)
    p = N.from_base(base, seed)
    # The embeddings stay as they are: words that the few answers never use keep their place among those they do.
    fixed = {k: p.pop(k) for k in ("word", "position", "type")}
    step = make_step(recipe, step_sizes(p, recipe))
    m, v, avg = {k: jnp.zeros_like(x) for k, x in p.items()}, {k: jnp.zeros_like(x) for k, x in p.items()}, dict(p)
    total = recipe["epochs"] * -(-len(training) // recipe["batch"])
    n, key = 0, jax.random.PRNGKey(seed)
    for epoch in range(recipe["epochs"]):
        begun, seen = time.time(), 0.
        items = [A.noisy(a, rng) if rng.random() < recipe["noise"] else a for a in training]
        for group in groups(rng, items, recipe["batch"]):
            n += 1
            warm = recipe["warmup"] * total
            pace = min(n / warm, max(0., (total - n) / (total - warm)))
            key, sub = jax.random.split(key)
            b, _ = N.batch(pieces, group)
            p, m, v, avg, l = step(fixed, p, m, v, avg, b, sub, float(n), pace)
            seen += float(l)
        if log:
            log(f"  epoch {epoch + 1}: loss {seen / -(-len(training) // recipe['batch']):.3f}, {time.time() - begun:.0f} s")
    return fixed | (avg if recipe["average"] else p)


ask = jax.jit(lambda p, b: N.forward(p, b))


def read_all(pieces, params, items):
    out = [None] * len(items)
    order = sorted(range(len(items)), key=lambda i: sum(len(s.words) for s in items[i].sentences))
    for k in range(0, len(order), 4):
        part = order[k:k + 4]
        group = [items[i] for i in (part + part * 3)[:4]]
        b, first = N.batch(pieces, group)
        y = ask(params, b)
        y = {k_: np.asarray(v) for k_, v in y.items()}
        for j, i in enumerate(part):
            out[i] = decode.reading(y, j, first[j], len(items[i].sentences))
    return out


def fold_of(items, folds, seed=7):
    """Every kind spread over the folds."""
    rng, out, n = np.random.default_rng(seed), {}, 0
    for kind in A.KINDS:
        mine = [a.id for a in items if a.kind == kind]
        rng.shuffle(mine)
        for i in mine:
            out[i] = n % folds
            n += 1
    return out


def tune(pairs):
    """Thresholds that do best on readings of answers the network did not see; cuts with no more than 2.5 % of keeps harmed.

    Of equally good values the middle one is taken: it is the one farthest from where the measure falls.
    """
    t = json.loads(json.dumps(decode.DEFAULTS))

    def best(values, measure):
        scores = [measure(x) for x in values]
        near = [x for s, x in zip(scores, values) if s >= max(scores) - 1e-9]
        return float(near[len(near) // 2])

    def pointer(k, want):
        """How often absence is told right, and the right sentence named, at a threshold."""
        absent = np.array([r["point"][-1, k] for _, r in pairs])
        named = np.array([r["point"][:-1, k].argmax() for _, r in pairs])
        gold = np.array([next((n for n, s in enumerate(a.sentences) if want(s)), -1) for a, _ in pairs])
        return absent, named, gold

    absent, named, gold = pointer(0, lambda s: s.conclusion)
    t["no_conclusion"] = best(np.arange(.2, .9, .02), lambda x: (np.where(absent < x, named, -1) == gold).sum())
    for k in range(6):
        absent, _, gold = pointer(1 + k, lambda s: k in s.layers)
        def f(x):
            got, want = absent < x, gold >= 0
            return decode.f1((got & want).sum(), (got & ~want).sum(), (want & ~got).sum())
        t["layers"][k] = best(np.arange(.2, .85, .02), f)
    p = np.concatenate([r["verdict"] for _, r in pairs])
    want = np.array([s.verdict for a, _ in pairs for s in a.sentences])
    free = np.concatenate([np.arange(len(a.sentences)) != (c if (c := decode.decide(r, t)["conclusion"]) is not None else -1) for a, r in pairs])
    def cut(x):
        got = (p[:, 2] >= x) & free
        harmed = (got & (want == 0)).sum() / max(1, (want == 0).sum())
        return decode.f1((got & (want == 2)).sum(), (got & (want != 2)).sum(), (~got & (want == 2)).sum()) - 10 * max(0, harmed - .025)
    t["cut"] = best(np.arange(.3, .9, .01), cut)
    stays = (p[:, 2] < t["cut"]) | ~free
    t["trim"] = best(np.arange(.2, .8, .02), lambda x: (stays & ((p[:, 1] >= x * (p[:, 0] + p[:, 1])) == (want == 1))).sum())
    golds = [decode.gold_spans(a) for a, _ in pairs]
    for c in range(5):
        def g(x):
            with_x = t["spans"][:c] + [x] + t["spans"][c + 1:]
            n = np.zeros(3, int)
            for gold_, (_, r) in zip(golds, pairs):
                n += decode.meet(gold_, decode.spans(r["tag"], with_x), c)
            return decode.f1(*n)
        t["spans"][c] = best(np.arange(.2, .85, .05), g)
    # Half-way back to the untuned value: a few dozen answers cannot fix a threshold better than that.
    half = lambda x, y: [half(a, b) for a, b in zip(x, y)] if isinstance(x, list) else round((x + y) / 2, 3)
    return {k: half(t[k], decode.DEFAULTS[k]) for k in t}


def kinds_told(pieces, params, items):
    """Per answer read without its question: how sure the likeliest kind is, and whether it is right. Surest first."""
    hidden = [A.Answer(a.id, "", "", a.sentences, a.made, a.asked) for a in items]
    told = [(float(r["kind"].max()), A.KINDS[int(r["kind"].argmax())] == a.asked) for a, r in zip(items, read_all(pieces, params, hidden))]
    return sorted(told, reverse=True)


def cross_tuned(pairs_r, folds):
    """Scores with thresholds tuned on the other folds only."""
    out = []
    for f in sorted(set(folds[a.id] for a, _ in pairs_r)):
        t = tune([(a, r) for a, r in pairs_r if folds[a.id] != f])
        out += [(a, decode.decide(r, t)) for a, r in pairs_r if folds[a.id] == f]
    return decode.score(out)


def show(name, s):
    print(name, " ".join(f"{k} {v:.3f}" for k, v in s.items() if not k.startswith("layer_") or k == "layer_sentence"), flush=True)


def put(path, write):
    """Written whole or not at all: a reader never sees half a file."""
    write(path + ".new")
    os.replace(path + ".new", path)


def put_json(path, value, **how):
    def write(p):
        with open(p, "w", encoding="utf-8") as f:
            json.dump(value, f, **how)
            f.write("\n")
    put(path, write)


def parity(pieces, params, items, thresholds):
    """Inputs and what the exported weights make of them, for the test in Rust."""
    cases = []
    for a, r in zip(items, read_all(pieces, params, items)):
        d = decode.decide(r, thresholds)
        cases.append({"kind": a.kind, "question": a.question, "sentences": [" ".join(s.words) for s in a.sentences],
                      "verdict": r["verdict"].round(5).tolist(), "reason": r["reason"].round(5).tolist(), "point": r["point"].round(5).tolist(), "kinds": r["kind"].round(5).tolist(),
                      "spans": [list(s[:3]) for s in d["spans"]], "verdicts": d["verdicts"], "conclusion": d["conclusion"], "layers": d["layers"]})
    return cases


def export(pieces, params, thresholds, own, made, recipe, seeds, base, out):
    tensors, back = N.quantise(params)
    size = sum(t.nbytes for t in tensors.values())
    name = f"cutlist-judge 1 ({len(own)}+{len(made)} answers, {seeds} seeds)"
    put(os.path.join(out, "judge.safetensors"), lambda p: N.write_safetensors(p, tensors, {"name": name}))
    put_json(os.path.join(out, "judge.json"), {
        "version": 1, "name": name, "base": "all-MiniLM-L6-v2", "recipe": recipe,
        "labels": {"verdicts": A.VERDICTS, "reasons": A.REASONS, "layers": A.LAYERS, "spans": A.SPANS, "kinds": A.KINDS},
        "thresholds": thresholds}, indent=1)
    put(os.path.join(out, "vocab.txt"), lambda p: shutil.copyfile(os.path.join(base, "vocab.txt"), p))
    rng = np.random.default_rng(11)
    some = [own[i] for i in range(0, len(own), max(1, len(own) // 6))][:6]
    odd = A.read_words
    tough = A.Answer("tough", "", "", [A.Sentence(*odd(t), 0, 0) for t in (
        "Um… I’d I’d say the, the — “about” forty-one % of café owners.", "日本語 🙂 ok", "No.", "so yeah that's basically it " * 3)])
    cases = parity(pieces, back, some + [A.noisy(a, rng) for a in some[:3]] + [tough], thresholds)
    put_json(os.path.join(out, "parity.json"), cases, ensure_ascii=False)
    print(f"{name}: {size / 1e6:.1f} MB of weights", flush=True)
    return back


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--base", required=True)
    ap.add_argument("--folds", type=int, default=0)
    ap.add_argument("--only", type=int, nargs="*", help="these folds only")
    ap.add_argument("--made", action=argparse.BooleanOptionalAction, default=True, help="train with answers-made too (never measured on)")
    ap.add_argument("--seeds", type=int, default=1)
    ap.add_argument("--recipe", default="{}")
    ap.add_argument("--keep", help="where the held-out readings go")
    ap.add_argument("--out", default=HERE, help="where the files go")
    o = ap.parse_args()
    jax.config.update("jax_compilation_cache_dir", "/tmp/judge-jax-cache")
    extra = json.loads(o.recipe)
    recipe = RECIPE | extra | {"weights": RECIPE["weights"] | extra.get("weights", {})}
    base, pieces = os.path.join(o.base, "model.safetensors"), WordPiece(os.path.join(o.base, "vocab.txt"))
    own = A.read_folder(os.path.join(HERE, "answers"))
    made = A.read_folder(os.path.join(HERE, "answers-made"), made=True, skip_bad=True) if o.made else []
    print(f"{len(own)} answers, {len(made)} made; {json.dumps(recipe)}", flush=True)
    if not o.folds:
        thresholds = decode.DEFAULTS
        if os.path.exists(os.path.join(HERE, "thresholds.json")):
            with open(os.path.join(HERE, "thresholds.json"), encoding="utf-8") as f:
                thresholds = json.load(f)
        runs = [fit(pieces, base, own + made, recipe, 1000 + s, log=lambda x: print(x, flush=True)) for s in range(o.seeds)]
        params = {k: sum(r[k] for r in runs) / len(runs) for k in runs[0]}
        if o.keep:
            with open(o.keep, "wb") as f:
                pickle.dump({k: np.asarray(v) for k, v in params.items()}, f)
        back = export(pieces, params, thresholds, own, made, recipe, o.seeds, o.base, o.out)
        show("on its own training answers", decode.score([(a, decode.decide(r, thresholds)) for a, r in zip(own, read_all(pieces, back, own))]))
        return
    folds = fold_of(own, o.folds)
    held = []
    for f in range(o.folds):
        if o.only is not None and f not in o.only:
            continue
        train = [a for a in own if folds[a.id] != f] + made
        test = [a for a in own if folds[a.id] == f]
        runs = []
        for seed in range(o.seeds):
            p = fit(pieces, base, train, recipe, 100 * seed + f, log=lambda x: print(x, flush=True))
            runs.append(read_all(pieces, p, test))
            told = kinds_told(pieces, p, test)
            for n in sorted({len(told) // 4, len(told) // 2, 3 * len(told) // 4, len(told)} - {0}):
                print(f"  kind without the question: surest {n} right {sum(ok for _, ok in told[:n]) / n:.2f}, from {told[n - 1][0]:.2f}", flush=True)
        mean = [{k: np.mean([r[i][k] for r in runs], 0) for k in runs[0][i]} for i in range(len(test))]
        held += list(zip(test, mean))
        if o.keep:
            with open(o.keep, "wb") as out:
                pickle.dump((held, folds, recipe), out)
        show(f"fold {f}", decode.score([(a, decode.decide(r, decode.DEFAULTS)) for a, r in zip(test, mean)]))
    show("default", decode.score([(a, decode.decide(r, decode.DEFAULTS)) for a, r in held]))
    if len(set(folds[a.id] for a, _ in held)) > 1:
        show("tuned on other folds", cross_tuned(held, folds))
    thresholds = tune(held)
    show("tuned here", decode.score([(a, decode.decide(r, thresholds)) for a, r in held]))
    if o.keep and o.only is None:
        put_json(os.path.join(HERE, "thresholds.json"), thresholds)


if __name__ == "__main__":
    main()
