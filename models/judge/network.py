"""The judge's network: a 6-layer BERT encoder that reads the whole answer at once, and six small heads.

Sequence: [CLS] kind : question [SEP] sentence 1 [SEP] sentence 2 [SEP] … A sentence's vector is the mean over its tokens
beside the hidden state of the [SEP] that closes it. Conclusion and layers are a choice among the sentences and "none",
so they are one softmax over the answer; "none" is scored from [CLS], and so is the kind of question, for answers that come without one.
"""
import json
import struct

import jax
import jax.numpy as jnp
import numpy as np

import answers as A

LAYERS, HEADS, WIDTH = 6, 12, 384
TAGS = 1 + 2 * len(A.SPANS)  # O, then B and I of each span class
MAX_TOKENS, MAX_QUESTION, MAX_SENTENCES = 512, 64, 32
REACH = 4  # words within which a word counts as said again


# ---- weights -------------------------------------------------------------------------------------------------------

def read_safetensors(path):
    kinds = {"F32": np.float32, "I64": np.int64, "I8": np.int8, "F16": np.float16}
    with open(path, "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        head = json.loads(f.read(n))
        body = f.read()
    out = {}
    for k, v in head.items():
        if k != "__metadata__":
            lo, hi = v["data_offsets"]
            out[k] = np.frombuffer(body[lo:hi], kinds[v["dtype"]]).reshape(v["shape"])
    return out


def write_safetensors(path, tensors, metadata):
    names = {np.dtype(np.float32): "F32", np.dtype(np.int8): "I8", np.dtype(np.float16): "F16"}
    # Wide types first keeps every tensor aligned to its own element size.
    order = sorted(tensors, key=lambda k: (-tensors[k].dtype.itemsize, k))
    head, at = {"__metadata__": metadata}, 0
    for k in order:
        t = tensors[k]
        head[k] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for k in order:
            f.write(np.ascontiguousarray(tensors[k]).tobytes())


def from_base(path, seed):
    """The base encoder's weights under short names, and fresh heads."""
    w, p = read_safetensors(path), {}
    p["word"], p["position"] = w["embeddings.word_embeddings.weight"], w["embeddings.position_embeddings.weight"]
    p["type"] = w["embeddings.token_type_embeddings.weight"][:1]
    p["norm.g"], p["norm.b"] = w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"]
    for i in range(LAYERS):
        b = f"encoder.layer.{i}."
        for short, name in {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
                            "o": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}.items():
            p[f"{i}.{short}.w"], p[f"{i}.{short}.b"] = w[b + name + ".weight"], w[b + name + ".bias"]
        for short, name in {"n1": "attention.output.LayerNorm", "n2": "output.LayerNorm"}.items():
            p[f"{i}.{short}.g"], p[f"{i}.{short}.b"] = w[b + name + ".weight"], w[b + name + ".bias"]
    rng = np.random.default_rng(seed)
    heads = {"verdict": (len(A.VERDICTS), 2 * WIDTH), "reason": (len(A.REASONS), 2 * WIDTH),
             "point": (1 + len(A.LAYERS), 2 * WIDTH), "none": (1 + len(A.LAYERS), WIDTH), "tag": (TAGS, WIDTH),
             "kind": (len(A.KINDS), WIDTH)}
    for k, shape in heads.items():
        p[f"head.{k}.w"] = rng.normal(0, .02, shape).astype(np.float32)
        p[f"head.{k}.b"] = np.zeros(shape[0], np.float32)
    # Said again soon, or said just before, at each distance; row 0 is neither. Repetitions are the one thing labelled that
    # turns on two words being the same, which a small encoder sees poorly.
    p["head.ahead"], p["head.behind"] = np.zeros((REACH + 1, WIDTH), np.float32), np.zeros((REACH + 1, WIDTH), np.float32)
    return {k: jnp.asarray(v, jnp.float32) for k, v in p.items()}


def quantise(params):
    """int8 with one f32 scale a row for every matrix; vectors stay f32. Returns (tensors to store, the weights they give back)."""
    store, back = {}, {}
    for k, v in params.items():
        v = np.asarray(v, np.float32)
        if v.ndim == 2 and v.shape[0] > 1:
            scale = np.maximum(np.abs(v).max(1), 1e-12) / 127
            q = np.clip(np.rint(v / scale[:, None]), -127, 127).astype(np.int8)
            store[k], store[k + ".scale"] = q, scale.astype(np.float32)
            back[k] = jnp.asarray(q.astype(np.float32) * scale.astype(np.float32)[:, None])
        else:
            store[k], back[k] = v, jnp.asarray(v)
    return store, back


# ---- input ---------------------------------------------------------------------------------------------------------

def prefix(pieces, kind, question):
    ids = [pieces.cls]
    for w in (kind or "interview").replace("-", " ").split() + [":"] + question.split():
        ids += pieces.word(w)
    return ids[:MAX_QUESTION - 1] + [pieces.sep]


def echoes(words):
    """Per word of a sentence: how far ahead, and how far behind, the same word stands; 0 beyond REACH."""
    bare = ["".join(c for c in w.lower() if c.isalnum()) for w in words]
    out = [[0, 0] for _ in words]
    for i, w in enumerate(bare):
        for d in range(REACH, 0, -1):
            if w and i + d < len(bare) and bare[i + d] == w:
                out[i][0] = d
            if w and i >= d and bare[i - d] == w:
                out[i][1] = d
    return out


def encode(pieces, answer):
    """Token ids and, per token, its sentence and echoes; the first token of every word; the closing [SEP] of every sentence."""
    ids = prefix(pieces, answer.kind, answer.question)
    owner, echo, first, tags, close = [-1] * len(ids), [[0, 0]] * len(ids), [], [], []
    for n, s in enumerate(answer.sentences[:MAX_SENTENCES]):
        for w, t, e in zip(s.words, s.tags, echoes(s.words)):
            first.append(len(ids))
            tags.append(0 if t is None else 1 + 2 * t[0] + (not t[1]))
            piece = pieces.word(w)
            ids += piece
            owner += [n] * len(piece)
            echo += [e] * len(piece)
        close.append(len(ids))
        ids.append(pieces.sep)
        owner.append(n)
        echo.append([0, 0])
    return ids, owner, first, tags, close, echo


def batch(pieces, group):
    """Arrays for a group of answers, padded to a few fixed lengths so that few shapes are compiled."""
    rows = [encode(pieces, a) for a in group]
    longest = max(len(r[0]) for r in rows)
    t = next((n for n in (256, 320, 384, 448, 512) if n >= longest), 0)
    if not t:
        raise ValueError(f"{group[0].id} …: {longest} tokens do not fit in {MAX_TOKENS}")
    n, s = len(group), MAX_SENTENCES
    z = lambda *shape, fill=0: np.full(shape, fill, np.int32)
    b = {"ids": z(n, t, fill=pieces.pad), "owner": z(n, t, fill=-1), "tag": z(n, t, fill=-1), "close": z(n, s), "echo": z(n, t, 2),
         "verdict": z(n, s, fill=-1), "reason": z(n, s, fill=-1), "length": z(n), "count": z(n),
         "point": z(n, 1 + len(A.LAYERS), fill=s), "kind": z(n, fill=-1)}
    for i, (a, (ids, owner, first, tags, close, echo)) in enumerate(zip(group, rows)):
        b["ids"][i, :len(ids)], b["owner"][i, :len(ids)], b["length"][i] = ids, owner, len(ids)
        b["tag"][i, first] = tags
        b["echo"][i, :len(ids)] = echo
        b["close"][i, :len(close)], b["count"][i] = close, len(close)
        if not a.kind and not a.question and a.asked:
            b["kind"][i] = A.KINDS.index(a.asked)
        for n_, x in enumerate(a.sentences):
            b["verdict"][i, n_], b["reason"][i, n_] = x.verdict, x.reason
            if x.conclusion:
                b["point"][i, 0] = n_
            for l in x.layers:
                b["point"][i, 1 + l] = n_
    return b, [r[2] for r in rows]


# ---- forward -------------------------------------------------------------------------------------------------------

def norm(x, g, b):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return (x - m) * jax.lax.rsqrt(v + 1e-12) * g + b


def drop(key, x, rate):
    if key is None or rate == 0:
        return x
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def attend(q, k, v, mask):
    """Head by head: the scores of one head fit in cache, and recomputing them is cheaper than keeping them."""
    b, t, _ = q.shape
    split = lambda x: x.reshape(b, t, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3).reshape(b * HEADS, t, WIDTH // HEADS)

    @jax.checkpoint
    def one(x):
        q, k, v, m = x
        return jax.nn.softmax(q @ k.T / (WIDTH // HEADS) ** .5 + m[None], -1) @ v

    out = jax.lax.map(one, (split(q), split(k), split(v), jnp.repeat(mask, HEADS, 0)))
    return out.reshape(b, HEADS, t, WIDTH // HEADS).transpose(0, 2, 1, 3).reshape(b, t, WIDTH)


def forward(p, b, key=None, rate=.1):
    n, t = b["ids"].shape
    keys = iter(jax.random.split(key, 2 * LAYERS + 4)) if key is not None else iter([None] * (2 * LAYERS + 4))
    lin = lambda x, name: x @ p[name + ".w"].T + p[name + ".b"]
    x = p["word"][b["ids"]] + p["position"][:t][None] + p["type"][0]
    x = x + p["head.ahead"][b["echo"][:, :, 0]] + p["head.behind"][b["echo"][:, :, 1]]
    x = drop(next(keys), norm(x, p["norm.g"], p["norm.b"]), rate)
    mask = jnp.where(jnp.arange(t)[None] < b["length"][:, None], 0., -1e9)
    for i in range(LAYERS):
        a = attend(lin(x, f"{i}.q"), lin(x, f"{i}.k"), lin(x, f"{i}.v"), mask)
        x = norm(x + drop(next(keys), lin(a, f"{i}.o"), rate), p[f"{i}.n1.g"], p[f"{i}.n1.b"])
        h = lin(jax.nn.gelu(lin(x, f"{i}.up"), approximate=False), f"{i}.down")
        x = norm(x + drop(next(keys), h, rate), p[f"{i}.n2.g"], p[f"{i}.n2.b"])
    own = (b["owner"][:, None, :] == jnp.arange(MAX_SENTENCES)[None, :, None]).astype(jnp.float32)
    mean = (own @ x) / jnp.maximum(own.sum(-1, keepdims=True), 1)
    close = jnp.take_along_axis(x, b["close"][:, :, None], 1)
    s = drop(next(keys), jnp.concatenate([mean, close], -1), rate)
    present = jnp.arange(MAX_SENTENCES)[None] < b["count"][:, None]
    point = jnp.where(present[:, :, None], lin(s, "head.point"), -1e9)
    none = lin(x[:, 0], "head.none")[:, None]
    return {"verdict": lin(s, "head.verdict"), "reason": lin(s, "head.reason"),
            "point": jnp.concatenate([point, none], 1),  # [n, sentences + none, conclusion and layers]
            "tag": lin(drop(next(keys), x, rate), "head.tag"), "kind": lin(x[:, 0], "head.kind")}


def picked(logits, target, axis=-1, smooth=0.):
    """Mean cross-entropy where target >= 0."""
    lp = jax.nn.log_softmax(logits, axis)
    on = target >= 0
    hit = jnp.take_along_axis(lp, jnp.expand_dims(jnp.maximum(target, 0), axis), axis).squeeze(axis)
    if smooth:
        hit = (1 - smooth) * hit + smooth * lp.mean(axis)
    return -(hit * on).sum() / jnp.maximum(on.sum(), 1)


def loss(p, b, key, weights, rate):
    y = forward(p, b, key, rate)
    smooth = weights.get("smooth", 0.)
    return (picked(y["verdict"], b["verdict"], smooth=smooth) + weights["reason"] * picked(y["reason"], b["reason"], smooth=smooth)
            + weights["conclusion"] * picked(y["point"][:, :, :1], b["point"][:, :1], 1)
            + weights["layers"] * picked(y["point"][:, :, 1:], b["point"][:, 1:], 1)
            + weights["kind"] * picked(y["kind"], b["kind"])
            + weights["tag"] * picked(y["tag"], b["tag"]))
