#!/usr/bin/env python3
"""Train the judge on most of the labelled answers, tune its thresholds on the rest, export it.

    python3 models/judge/train.py --base MINILM_FOLDER --real FOLDER --out FOLDER

README.md beside this file says where the base and the real people's answers come from.
"""

import argparse
import hashlib
import json
import os
import pickle
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

import answers as A  # noqa: E402
import decode  # noqa: E402
import network as N  # noqa: E402
from wordpiece import WordPiece  # noqa: E402

RECIPE = {
    "epochs": 8,
    "batch": 4,
    "rate": 3e-4,
    "head_rate": 1e-3,
    "layer_decay": 0.9,
    "warmup": 0.1,
    "weight_decay": 0.01,
    "dropout": 0.1,
    "average": 0.98,
    "noise": 0.7,
    "old_share": 0.5,
    "frozen": 0,
    "seed": 1000,
    "weights": {
        "reason": 0.4,
        "conclusion": 0.7,
        "layers": 0.7,
        "weak": 0.2,
        "border": 6.0,
        "kind": 0.5,
        "tag": 6.0,
    },
}
HELD_OUT = 9  # one answer in so many is for thresholds, and never trained on


# ---- training ----------------------------------------------------------------------------------


def rate_of(name, recipe):
    """Learning rate of a tensor: the heads fastest, the encoder slower the deeper down."""
    if name.startswith("head"):
        return recipe["head_rate"]
    depth = N.LAYERS - int(name[0]) if name[0].isdigit() else N.LAYERS + 1
    return recipe["rate"] * recipe["layer_decay"] ** (depth - 1)


def optimiser(params, recipe, total):
    """AdamW (Loshchilov and Hutter 2019), clipped to norm 1, with a rate for each tensor."""
    warm = max(1, int(recipe["warmup"] * total))
    pace = optax.schedules.join_schedules(
        [
            optax.schedules.linear_schedule(0, 1, warm),
            optax.schedules.linear_schedule(1, 0, total - warm),
        ],
        [warm],
    )
    rates = {name: rate_of(name, recipe) for name in params}
    decays = {name: value.ndim == 2 for name, value in params.items()}

    def scaled(updates, state, _=None):
        return {name: rates[name] * update for name, update in updates.items()}, state

    by_tensor = optax.GradientTransformation(lambda _: optax.EmptyState(), scaled)
    return optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.scale_by_adam(),
        optax.add_decayed_weights(recipe["weight_decay"], decays),
        by_tensor,
        optax.scale_by_learning_rate(pace),
    )


def batches(rng, items, size):
    """Groups of answers of similar length, in random order."""
    order = sorted(range(len(items)), key=lambda i: len(items[i].words()) + rng.random() * 60)
    out = [[items[i] for i in order[k : k + size]] for k in range(0, len(order), size)]
    for group in out:
        while len(group) < size:
            group.append(items[rng.integers(len(items))])
    rng.shuffle(out)
    return out


def is_fixed(name, frozen):
    """Whether a tensor stays as it is.

    Word embeddings always do: words that the few answers never use keep their place. With frozen
    layers, so does all that stands below them.
    """
    below = ("position", "norm.g", "norm.b", "head.ahead", "head.behind")
    layer = int(name[0]) if name[0].isdigit() else N.LAYERS
    return name in ("word", "type") or layer < frozen or (frozen > 0 and name in below)


def fit(pieces, params, training, recipe, log=print, after_epoch=None):
    """Trains on from `params`; returns the running average of the weights.

    `after_epoch` is called with the number of the epoch and the average so far.
    """
    rng = np.random.default_rng(recipe["seed"])
    fixed = {k: v for k, v in params.items() if is_fixed(k, recipe["frozen"])}
    params = {k: v for k, v in params.items() if k not in fixed}
    old = [answer for answer in training if not answer.has_borders]
    new = [answer for answer in training if answer.has_borders]
    per_epoch = len(new) + int(recipe["old_share"] * len(old))
    total = recipe["epochs"] * -(-per_epoch // recipe["batch"])
    tool = optimiser(params, recipe, total)
    state, average = tool.init(params), params

    @jax.jit
    def step(params, state, average, b, key, n):
        def cost(p):
            return N.loss(fixed | p, b, key, recipe["weights"], recipe["dropout"])

        value, slope = jax.value_and_grad(cost)(params)
        updates, state = tool.update(slope, state, params)
        params = optax.apply_updates(params, updates)
        # A young average would still hold the untrained weights.
        a = jnp.minimum(recipe["average"], (1 + n) / (10 + n))
        average = {name: a * average[name] + (1 - a) * params[name] for name in average}
        return params, state, average, value

    n, key = 0, jax.random.PRNGKey(recipe["seed"])
    for epoch in range(recipe["epochs"]):
        begun, seen = time.time(), []
        some = [old[i] for i in rng.permutation(len(old))[: int(recipe["old_share"] * len(old))]]
        items = [A.noisy(a, rng) if rng.random() < recipe["noise"] else a for a in new + some]
        for group in batches(rng, items, recipe["batch"]):
            n += 1
            key, sub = jax.random.split(key)
            b, _ = N.batch(pieces, group)
            params, state, average, value = step(params, state, average, b, sub, float(n))
            seen.append(float(value))
        log(f"epoch {epoch + 1}: loss {np.mean(seen):.3f}, {time.time() - begun:.0f} s", flush=True)
        if after_epoch:
            after_epoch(epoch + 1, fixed | average)
    return fixed | average


ask = jax.jit(lambda params, b: N.forward(params, b))


def read_all(pieces, params, items, threshold=None):
    """For each answer its units as word ranges and the reading of them.

    The units are those of the labels, or, with a threshold, those that the border head tells.
    """
    out = [None] * len(items)
    order = sorted(range(len(items)), key=lambda i: len(items[i].words()))
    for k in range(0, len(order), 4):
        part = order[k : k + 4]
        group = [items[i] for i in (part * 4)[:4]]
        b, first = N.batch(pieces, group)
        chosen = [decode.ranges(answer) for answer in group]
        y = {name: np.asarray(value) for name, value in ask(params, b).items()}
        odds = [decode.borders(y, j, first[j]) for j in range(len(group))]
        if threshold is not None:
            chosen = [decode.units(o, threshold)[: N.MAX_UNITS] for o in odds]
            b, first = N.batch(pieces, group, chosen)
            y = {name: np.asarray(value) for name, value in ask(params, b).items()}
        for j, i in enumerate(part):
            chosen_here = chosen[j][: int(b["count"][j])]
            read = decode.reading(y, j, first[j], len(chosen_here))
            out[i] = (chosen_here, read | {"border": odds[j]})
    return out


# ---- thresholds --------------------------------------------------------------------------------


def best(values, measure):
    """The value that measures best; of equally good ones the middle, farthest from any fall."""
    scores = [measure(x) for x in values]
    fit_ones = [x for s, x in zip(scores, values) if s >= max(scores) - 1e-9]
    return float(fit_ones[len(fit_ones) // 2])


def tune(items, readings):
    """Thresholds that do best on answers the network did not see."""
    t = json.loads(json.dumps(decode.DEFAULTS))

    def scored(change):
        tried = t | change
        return decode.score(
            [(a, r[0], decode.decide(r[1], tried)) for a, r in zip(items, readings)]
        )

    t["no_conclusion"] = best(
        np.arange(0.3, 0.95, 0.05), lambda x: scored({"no_conclusion": x})["conclusion"]
    )
    for k, name in enumerate(A.LAYERS):

        def of_layer(x, k=k, name=name):
            return scored({"layers": t["layers"][:k] + [x] + t["layers"][k + 1 :]})["layer_" + name]

        t["layers"][k] = best(np.arange(0.3, 0.9, 0.05), of_layer)

    def cut(x):
        s = scored({"cut": x})
        return s["cut"] - 2 * max(0, s["harmed"] - 0.08)

    t["cut"] = best(np.arange(0.35, 0.85, 0.025), cut)
    for c, name in enumerate(A.SPANS):

        def of_class(x, c=c, name=name):
            return scored({"spans": t["spans"][:c] + [x] + t["spans"][c + 1 :]})[name]

        t["spans"][c] = best(np.arange(0.25, 0.85, 0.05), of_class)

    # Half-way back to the untuned value: a few dozen answers cannot fix a threshold better.
    def half(x, y):
        return [half(a, b) for a, b in zip(x, y)] if isinstance(x, list) else round((x + y) / 2, 3)

    return {name: half(t[name], decode.DEFAULTS[name]) for name in t}


def calibrated(items, readings):
    """Temperature of the verdicts (Guo et al. 2017) that makes their probabilities true."""
    odds, right = [], []
    for answer, (_, r) in zip(items, readings):
        odds.append(np.log(np.maximum(r["verdict"], 1e-9)))
        right += [unit.verdict for unit in answer.units[: len(r["verdict"])]]
    odds, right = np.concatenate(odds), np.array(right)

    def likelihood(temperature):
        p = decode.softmax(odds / temperature)
        return np.log(p[np.arange(len(right)), right]).mean()

    return best(np.arange(0.6, 3.0, 0.05), likelihood)


# ---- files -------------------------------------------------------------------------------------


def put(path, write):
    """Written whole or not at all: a reader never sees half a file."""
    write(path + ".new")
    os.replace(path + ".new", path)


def put_json(path, value, **how):
    """As `put`, for JSON."""

    def write(new):
        with open(new, "w", encoding="utf-8") as file:
            json.dump(value, file, **how)
            file.write("\n")

    put(path, write)


def parity(pieces, params, items, thresholds):
    """Inputs, and what the exported weights make of them, for the test in Rust."""
    cases = []
    for answer, (chosen, r) in zip(items, read_all(pieces, params, items, thresholds["border"])):
        d = decode.decide(r, thresholds)
        cases.append(
            {
                "kind": answer.kind,
                "question": answer.question,
                "words": answer.words(),
                "border": r["border"].round(5).tolist(),
                "units": [list(u) for u in chosen],
                "verdict": r["verdict"].round(5).tolist(),
                "reason": r["reason"].round(5).tolist(),
                "point": r["point"].round(5).tolist(),
                "weak": r["weak"].round(5).tolist(),
                "kinds": r["kind"].round(5).tolist(),
                "spans": [list(s[:3]) for s in d["spans"]],
                "verdicts": d["verdicts"],
                "conclusion": d["conclusion"],
                "layers": d["layers"],
            }
        )
    return cases


def export(pieces, params, thresholds, temperature, training, held, recipe, base, out):
    """Writes the weights, their labels and thresholds, the vocabulary and the parity cases."""
    tensors, back = N.quantise(params)
    weights = os.path.join(out, "judge.safetensors")
    put(weights, lambda path: save_file(tensors, path))
    with open(weights, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    counts = {}
    for answer in training:
        counts[answer.set] = counts.get(answer.set, 0) + 1
    put_json(
        os.path.join(out, "judge.json"),
        {
            "version": 2,
            "name": f"cutlist-judge 2 ({digest[:12]})",
            "sha256": digest,
            "base": "all-MiniLM-L6-v2",
            "trained_on": counts,
            "recipe": recipe,
            "labels": {
                "verdicts": A.VERDICTS,
                "reasons": A.REASONS,
                "layers": A.LAYERS,
                "spans": A.SPANS,
                "kinds": A.KINDS,
            },
            "thresholds": thresholds,
            "temperature": temperature,
        },
        indent=1,
    )
    put(
        os.path.join(out, "vocab.txt"),
        lambda path: shutil.copyfile(os.path.join(base, "vocab.txt"), path),
    )
    rng = np.random.default_rng(11)
    texts = (
        "Um… I’d I’d say the, the — “about” forty-one % of café owners.",
        "日本語 🙂 ok",
        "No.",
        "so yeah that's basically it " * 3,
    )
    tough = A.Answer("tough", "", "", [A.Unit(*A.read_words(text), 0, 0) for text in texts])
    own = [answer for answer in held if not answer.id.startswith("R")][:6]
    cases = [*own, *(A.noisy(answer, rng) for answer in own[:3]), tough]
    put_json(
        os.path.join(out, "parity.json"),
        parity(pieces, back, cases, thresholds),
        ensure_ascii=False,
    )
    size = sum(t.nbytes for t in tensors.values())
    print(f"{digest[:12]}: {size / 1e6:.1f} MB of weights", flush=True)
    return back


def show(name, s):
    """A line of figures."""
    kept = {k: v for k, v in s.items() if not k.startswith("layer_")}
    print(name, " ".join(f"{k} {v:.3f}" for k, v in kept.items()), flush=True)


def gather(real):
    """All labelled answers that may be trained on, second readings joined in."""
    old = A.read_folder(os.path.join(HERE, "..", "answers"), False)
    old += A.read_folder(os.path.join(HERE, "..", "answers-made"), False)
    new = A.read_folder(os.path.join(HERE, "answers-spoken"))
    again = A.read_folder(os.path.join(HERE, "second-readings"))
    if real:
        new += A.read_folder(os.path.join(real, "first"))
        again += A.read_folder(os.path.join(real, "second"))
    second = {answer.id: answer for answer in again}
    for answer in new:
        if answer.id in second:
            A.join_second_reading(answer, second[answer.id])
    return old, new


def is_held_out(answer):
    """Whether an answer is for thresholds: by its name, so that a new answer moves no other."""
    return int(hashlib.sha256(answer.id.encode()).hexdigest(), 16) % HELD_OUT == 0


def main():
    """Trains, tunes, exports, and prints how well the held-out answers are judged."""
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--base", required=True, help="folder with the base's weights and vocabulary")
    ap.add_argument("--real", help="folder of the real people's answers that real.py rebuilt")
    ap.add_argument("--recipe", default="{}", help="JSON that changes the recipe")
    ap.add_argument("--out", required=True, help="folder for the files; models/judge replaces ours")
    ap.add_argument("--start", help="unquantised weights to go on from, as --keep wrote them")
    ap.add_argument("--keep", help="a file for the unquantised weights")
    o = ap.parse_args()
    extra = json.loads(o.recipe)
    recipe = RECIPE | extra | {"weights": RECIPE["weights"] | extra.get("weights", {})}
    jax.config.update("jax_compilation_cache_dir", "/tmp/judge-jax-cache")
    pieces = WordPiece(os.path.join(o.base, "vocab.txt"))
    old, new = gather(o.real)
    training = [a for a in old + new if not is_held_out(a)]
    held_old, held = [a for a in old if is_held_out(a)], [a for a in new if is_held_out(a)]
    print(
        f"{len(training)} answers to train on, {len(held)} + {len(held_old)} held out", flush=True
    )
    os.makedirs(o.out, exist_ok=True)

    def after_epoch(number, so_far):
        if o.keep:
            with open(o.keep, "wb") as file:
                pickle.dump({name: np.asarray(value) for name, value in so_far.items()}, file)
        if number % 2 == 0:
            read = read_all(pieces, so_far, held, decode.DEFAULTS["border"])
            decided = [(a, r[0], decode.decide(r[1], decode.DEFAULTS)) for a, r in zip(held, read)]
            show(f"  held out after epoch {number}", decode.score(decided))

    base = os.path.join(o.base, "model.safetensors")
    params = N.from_base(base, recipe["seed"])
    if o.start:
        with open(o.start, "rb") as file:
            params = {name: jnp.asarray(value) for name, value in pickle.load(file).items()}
    params = fit(pieces, params, training, recipe, after_epoch=after_epoch)
    _, back = N.quantise(params)
    t = json.loads(json.dumps(decode.DEFAULTS))

    def border(x):
        found = [decode.units(r[1]["border"], x) for r in labelled]
        wants = [[lo for lo, _ in decode.ranges(a)[1:]] for a in held]
        return decode.f1(
            *sum(decode.near(w, [lo for lo, _ in f[1:]]) for w, f in zip(wants, found))
        )

    labelled = read_all(pieces, back, held)
    threshold = round((best(np.arange(0.3, 0.7, 0.025), border) + 0.5) / 2, 3)
    found = read_all(pieces, back, held, threshold)
    t = tune(held, found) | {"border": threshold}
    temperature = calibrated(held, labelled)
    print("thresholds", json.dumps(t), "temperature", temperature)
    export(pieces, params, t, temperature, training, held, recipe, o.base, o.out)
    plain = [A.Answer(**(vars(a) | {"units": bare_units(a)})) for a in held]
    for name, items, border_at in (
        ("held out, labelled units", held, None),
        ("held out", held, threshold),
        ("held out, bare", plain, threshold),
        ("held out, older", held_old, threshold),
        ("  real people", [a for a in held if a.id.startswith("R")], threshold),
        ("  written as talk", [a for a in held if not a.id.startswith("R")], threshold),
    ):
        read = read_all(pieces, back, items, border_at)
        show(name, decode.score([(a, r[0], decode.decide(r[1], t)) for a, r in zip(items, read)]))


def bare_units(answer):
    """The units without punctuation and capitals."""
    out = []
    for unit in answer.units:
        words, tags = A.without_punctuation(unit.words, unit.tags)
        words, tags = (words, tags) if words else (unit.words, unit.tags)
        out.append(
            A.Unit(words, tags, unit.verdict, unit.reason, unit.star, unit.layers, unit.odds)
        )
    return out


if __name__ == "__main__":
    main()
