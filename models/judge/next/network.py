"""The judge's network: an encoder that reads the whole answer at once, and small heads on it.

Input: [CLS] kind : question [SEP] word pieces of the answer [SEP]. There is no mark between units:
the border head tells, for each word, whether a unit begins there. A unit is then pooled from its
tokens (mean, first, last), and one more layer lets the units of the answer attend to each other.
Verdict and reason are linear in the result. Conclusion and layers are each one choice among the
units and "none". Spans are begin/inside/outside tags on each word's first piece.
"""

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

import answers as A

LAYERS, HEADS, WIDTH = 6, 12, 384
UNIT_HEADS = 6
TAGS = 1 + 2 * len(A.SPANS)  # outside, then begin and inside of each span class
CHOICES = 1 + len(A.LAYERS)  # the conclusion, and each layer
MAX_TOKENS, MAX_QUESTION, MAX_UNITS = 768, 64, 64
LENGTHS = (192, 256, 320, 384, 448, 512, 640, 768)
REACH = 4  # words within which a word counts as said again
PLACES = 16  # units from the start, and from the end, whose place is told apart


# ---- weights -----------------------------------------------------------------------------------


def from_base(path, seed):
    """The base encoder's weights under short names, and fresh heads."""
    base, params = load_file(path), {}
    params["word"] = base["embeddings.word_embeddings.weight"]
    position = base["embeddings.position_embeddings.weight"]
    # The base knows 512 places; those beyond begin as copies of its last ones, and are tuned.
    params["position"] = np.concatenate([position, position[2 * len(position) - MAX_TOKENS :]])
    params["type"] = base["embeddings.token_type_embeddings.weight"][:1]
    params["norm.g"] = base["embeddings.LayerNorm.weight"]
    params["norm.b"] = base["embeddings.LayerNorm.bias"]
    linear = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "o": "attention.output.dense",
        "up": "intermediate.dense",
        "down": "output.dense",
    }
    norms = {"n1": "attention.output.LayerNorm", "n2": "output.LayerNorm"}
    for i in range(LAYERS):
        of = f"encoder.layer.{i}."
        for short, name in linear.items():
            params[f"{i}.{short}.w"] = base[of + name + ".weight"]
            params[f"{i}.{short}.b"] = base[of + name + ".bias"]
        for short, name in norms.items():
            params[f"{i}.{short}.g"] = base[of + name + ".weight"]
            params[f"{i}.{short}.b"] = base[of + name + ".bias"]
    rng = np.random.default_rng(seed)
    heads = {
        "pool": (WIDTH, 3 * WIDTH),
        "u.q": (WIDTH, WIDTH),
        "u.k": (WIDTH, WIDTH),
        "u.v": (WIDTH, WIDTH),
        "u.o": (WIDTH, WIDTH),
        "u.up": (2 * WIDTH, WIDTH),
        "u.down": (WIDTH, 2 * WIDTH),
        "verdict": (len(A.VERDICTS), WIDTH),
        "reason": (len(A.REASONS), WIDTH),
        "point": (CHOICES, WIDTH),
        "none": (CHOICES, WIDTH),
        "weak": (1, WIDTH),
        "border": (1, WIDTH),
        "tag": (TAGS, WIDTH),
        "kind": (len(A.KINDS), WIDTH),
    }
    for name, shape in heads.items():
        params[f"head.{name}.w"] = rng.normal(0, 0.02, shape).astype(np.float32)
        params[f"head.{name}.b"] = np.zeros(shape[0], np.float32)
    for name in ("pool", "u.n1", "u.n2"):
        params[f"head.{name}.g"] = np.ones(WIDTH, np.float32)
        params[f"head.{name}.c"] = np.zeros(WIDTH, np.float32)
    # Said again soon, or said just before, at each distance; row 0 is neither. A repetition turns
    # on two words being the same, which a small encoder sees poorly.
    params["head.ahead"] = np.zeros((REACH + 1, WIDTH), np.float32)
    params["head.behind"] = np.zeros((REACH + 1, WIDTH), np.float32)
    # Where a unit stands, from the start and from the end.
    params["head.start"] = np.zeros((PLACES, WIDTH), np.float32)
    params["head.end"] = np.zeros((PLACES, WIDTH), np.float32)
    return {name: jnp.asarray(value, jnp.float32) for name, value in params.items()}


def quantise(params):
    """int8 with one f32 scale a row for every matrix; vectors stay f32.

    Returns the tensors to store, and the weights that they give back.
    """
    store, back = {}, {}
    for name, value in params.items():
        value = np.asarray(value, np.float32)
        if value.ndim == 2 and value.shape[0] > 1:
            scale = np.maximum(np.abs(value).max(1), 1e-12).astype(np.float32) / 127
            packed = np.clip(np.rint(value / scale[:, None]), -127, 127).astype(np.int8)
            store[name], store[name + ".scale"] = packed, scale.astype(np.float32)
            back[name] = jnp.asarray(packed.astype(np.float32) * scale[:, None])
        else:
            store[name], back[name] = value, jnp.asarray(value)
    return store, back


# ---- input -------------------------------------------------------------------------------------


def prefix(pieces, kind, question):
    """Token ids of `[CLS] kind : question [SEP]`; an unknown kind is "interview"."""
    ids = [pieces.cls]
    for word in (kind or "interview").replace("-", " ").split() + [":"] + question.split():
        ids += pieces.word(word)
    return ids[: MAX_QUESTION - 1] + [pieces.sep]


def echoes(words):
    """For each word, how far ahead and how far behind the same word stands; 0 beyond REACH."""
    plain = [A.bare(word) for word in words]
    out = [[0, 0] for _ in words]
    for i, word in enumerate(plain):
        for distance in range(REACH, 0, -1):
            if word and i + distance < len(plain) and plain[i + distance] == word:
                out[i][0] = distance
            if word and i >= distance and plain[i - distance] == word:
                out[i][1] = distance
    return out


def tokens(pieces, answer):
    """Token ids with echoes, and the place of each word's first token; the rest is left."""
    ids = prefix(pieces, answer.kind, answer.question)
    echo, first = [[0, 0]] * len(ids), []
    words = answer.words()
    for word, near in zip(words, echoes(words)):
        piece = pieces.word(word)
        if len(ids) + len(piece) >= MAX_TOKENS:
            break
        first.append(len(ids))
        ids += piece
        echo += [near] * len(piece)
    ids.append(pieces.sep)
    echo.append([0, 0])
    return ids, echo, first


def batch(pieces, group, spans=None):
    """Arrays for a group of answers, padded to a few fixed lengths so that few shapes are compiled.

    `spans` are the units to pool, as word ranges; by default those of the labels.
    """
    rows = [tokens(pieces, answer) for answer in group]
    width = next(n for n in LENGTHS if n >= max(len(ids) for ids, _, _ in rows))
    count = len(group)

    def filled(*shape, fill=0):
        return np.full(shape, fill, np.int32)

    out = {
        "ids": filled(count, width, fill=pieces.pad),
        "echo": filled(count, width, 2),
        "length": filled(count),
        "unit": filled(count, width, fill=-1),
        "edge": filled(count, MAX_UNITS, 2),
        "count": filled(count),
        "tag": filled(count, width, fill=-1),
        "border": filled(count, width, fill=-1),
        "verdict": np.zeros((count, MAX_UNITS, len(A.VERDICTS)), np.float32),
        "reason": filled(count, MAX_UNITS, fill=-1),
        "weak": filled(count, MAX_UNITS, fill=-1),
        "point": filled(count, CHOICES, fill=MAX_UNITS),
        "kind": filled(count, fill=-1),
    }
    for i, (answer, (ids, echo, first)) in enumerate(zip(group, rows)):
        out["ids"][i, : len(ids)], out["echo"][i, : len(ids)] = ids, echo
        out["length"][i] = len(ids)
        lo = 0
        ranges = []
        for unit in answer.units:
            ranges.append((lo, lo + len(unit.words)))
            lo += len(unit.words)
        fill_labels(out, i, answer, first, ranges)
        fill_units(out, i, first, len(ids), spans[i] if spans else ranges)
    return out, [first for _, _, first in rows]


def fill_units(out, i, first, length, ranges):
    """Which tokens each unit is pooled from."""
    fitting = [(lo, hi) for lo, hi in ranges if lo < len(first)][:MAX_UNITS]
    for n, (lo, hi) in enumerate(fitting):
        start = first[lo]
        stop = first[hi] if hi < len(first) else length - 1
        out["unit"][i, start:stop] = n
        out["edge"][i, n] = start, stop - 1
    out["count"][i] = len(fitting)


def fill_labels(out, i, answer, first, ranges):
    """What the network should say of answer `i`."""
    if not answer.kind and not answer.question and answer.asked:
        out["kind"][i] = A.KINDS.index(answer.asked)
    tags = [tag for unit in answer.units for tag in unit.tags]
    for at, tag in zip(first, tags):
        out["tag"][i, at] = 0 if tag is None else 1 + 2 * tag[0] + (not tag[1])
    if answer.has_borders:
        starts = {lo for lo, _ in ranges}
        for word, at in enumerate(first[1:], 1):
            out["border"][i, at] = word in starts
    for n, unit in enumerate(answer.units[:MAX_UNITS]):
        if ranges[n][0] >= len(first):
            break
        out["verdict"][i, n] = unit.verdict_odds()
        out["reason"][i, n] = unit.reason
        if unit.star:
            out["point"][i, 0] = n
            out["weak"][i, n] = unit.star == "*?"
        for layer in unit.layers:
            out["point"][i, 1 + layer] = n


# ---- forward -----------------------------------------------------------------------------------


def norm(x, gain, bias):
    """Layer normalisation (Ba, Kiros and Hinton 2016)."""
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-12) * gain + bias


def drop(key, x, rate):
    """Dropout; nothing without a key."""
    if key is None or rate == 0:
        return x
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def attend(q, k, v, mask, heads):
    """Scaled dot-product attention, one head at a time: its scores fit in cache."""
    count, length, width = q.shape
    size = width // heads

    def split(x):
        parts = x.reshape(count, length, heads, size).transpose(0, 2, 1, 3)
        return parts.reshape(count * heads, length, size)

    @jax.checkpoint
    def one(parts):
        query, key, value, hidden = parts
        return jax.nn.softmax(query @ key.T / size**0.5 + hidden[None], -1) @ value

    out = jax.lax.map(one, (split(q), split(k), split(v), jnp.repeat(mask, heads, 0)))
    return out.reshape(count, heads, length, size).transpose(0, 2, 1, 3).reshape(q.shape)


def encoded(params, b, keys, rate):
    """The hidden state of every token."""
    width = b["ids"].shape[1]
    x = params["word"][b["ids"]] + params["position"][:width][None] + params["type"][0]
    x += params["head.ahead"][b["echo"][:, :, 0]] + params["head.behind"][b["echo"][:, :, 1]]
    x = drop(next(keys), norm(x, params["norm.g"], params["norm.b"]), rate)
    mask = jnp.where(jnp.arange(width)[None] < b["length"][:, None], 0.0, -1e9)
    for i in range(LAYERS):

        def linear(y, name, i=i):
            return y @ params[f"{i}.{name}.w"].T + params[f"{i}.{name}.b"]

        a = attend(linear(x, "q"), linear(x, "k"), linear(x, "v"), mask, HEADS)
        x = x + drop(next(keys), linear(a, "o"), rate)
        x = norm(x, params[f"{i}.n1.g"], params[f"{i}.n1.b"])
        h = linear(jax.nn.gelu(linear(x, "up"), approximate=False), "down")
        x = norm(x + drop(next(keys), h, rate), params[f"{i}.n2.g"], params[f"{i}.n2.b"])
    return x


def units_of(params, b, x, keys, rate):
    """The states of the answer and of every unit, after all have attended to each other."""

    def linear(y, name):
        return y @ params[f"head.{name}.w"].T + params[f"head.{name}.b"]

    def normed(y, name):
        return norm(y, params[f"head.{name}.g"], params[f"head.{name}.c"])

    count = b["count"][:, None]
    place = jnp.arange(MAX_UNITS)[None]
    own = (b["unit"][:, None, :] == jnp.arange(MAX_UNITS)[None, :, None]).astype(jnp.float32)
    mean = (own @ x) / jnp.maximum(own.sum(-1, keepdims=True), 1)
    edges = [jnp.take_along_axis(x, b["edge"][:, :, e, None], 1) for e in (0, 1)]
    u = linear(jnp.concatenate([mean, *edges], -1), "pool") + mean
    u += params["head.start"][jnp.minimum(place, PLACES - 1)]
    u += params["head.end"][jnp.clip(count - 1 - place, 0, PLACES - 1)]
    u = jnp.concatenate([x[:, :1], u], 1)
    u = drop(next(keys), normed(u, "pool"), rate)
    present = jnp.concatenate([jnp.ones_like(count, bool), place < count], 1)
    mask = jnp.where(present, 0.0, -1e9)
    a = attend(linear(u, "u.q"), linear(u, "u.k"), linear(u, "u.v"), mask, UNIT_HEADS)
    u = normed(u + drop(next(keys), linear(a, "u.o"), rate), "u.n1")
    h = linear(jax.nn.gelu(linear(u, "u.up"), approximate=False), "u.down")
    u = normed(u + drop(next(keys), h, rate), "u.n2")
    return u, place < count


def forward(params, b, key=None, rate=0.1):
    """Logits of every head; `point` is [answer, units and "none", conclusion and layers]."""
    many = 2 * LAYERS + 8
    keys = iter(jax.random.split(key, many)) if key is not None else iter([None] * many)

    def linear(y, name):
        return y @ params[f"head.{name}.w"].T + params[f"head.{name}.b"]

    x = encoded(params, b, keys, rate)
    u, present = units_of(params, b, x, keys, rate)
    whole, u = u[:, 0], drop(next(keys), u[:, 1:], rate)
    point = jnp.where(present[:, :, None], linear(u, "point"), -1e9)
    token = drop(next(keys), x, rate)
    return {
        "verdict": linear(u, "verdict"),
        "reason": linear(u, "reason"),
        "point": jnp.concatenate([point, linear(whole, "none")[:, None]], 1),
        "weak": linear(u, "weak")[:, :, 0],
        "border": linear(token, "border")[:, :, 0],
        "tag": linear(token, "tag"),
        "kind": linear(x[:, 0], "kind"),
    }


def picked(logits, target, axis=-1):
    """Mean cross-entropy over the places where target >= 0."""
    odds = jax.nn.log_softmax(logits, axis)
    on = target >= 0
    at = jnp.expand_dims(jnp.maximum(target, 0), axis)
    hit = jnp.take_along_axis(odds, at, axis).squeeze(axis)
    return -(hit * on).sum() / jnp.maximum(on.sum(), 1)


def binary(logits, target):
    """Mean binary cross-entropy over the places where target >= 0."""
    on = target >= 0
    sign = jnp.where(target > 0, 1.0, -1.0)
    return (jax.nn.softplus(-sign * logits) * on).sum() / jnp.maximum(on.sum(), 1)


def loss(params, b, key, weights, rate):
    """The weighted sum of every head's loss."""
    y = forward(params, b, key, rate)
    soft = b["verdict"]
    verdict = -(soft * jax.nn.log_softmax(y["verdict"])).sum() / jnp.maximum(soft.sum(), 1)
    return (
        verdict
        + weights["reason"] * picked(y["reason"], b["reason"])
        + weights["conclusion"] * picked(y["point"][:, :, :1], b["point"][:, :1], 1)
        + weights["layers"] * picked(y["point"][:, :, 1:], b["point"][:, 1:], 1)
        + weights["weak"] * binary(y["weak"], b["weak"])
        + weights["border"] * binary(y["border"], b["border"])
        + weights["kind"] * picked(y["kind"], b["kind"])
        + weights["tag"] * picked(y["tag"], b["tag"])
    )
