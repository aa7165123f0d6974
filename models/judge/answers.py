"""Labelled answers: reading them, and the noise that a recogniser would have added.

The format is section 10 of the rubric. Words are split on whitespace; a word belongs to a span when most of its letters
and digits do, so that punctuation outside `{f:um},` changes nothing.
"""
import os
import re
from dataclasses import dataclass, field

VERDICTS = ["keep", "trim", "cut"]
REASONS = ["conclusion", "decision", "action", "metric", "conflict", "consequence", "reflection", "context",
           "throat_clearing", "meta", "autobiography", "scene_setting", "restatement", "vague_claim", "platitude",
           "tangent", "process_narration", "team_narration", "sign_off"]
LAYERS = ["customer_problem", "metric", "decision", "conflict", "consequence", "reflection"]
SPANS = ["filled_pause", "discourse_marker", "repeat_or_restart", "vague", "metric"]
SPAN_LETTERS = "fdrvm"
KINDS = ["leadership", "analytical", "failure", "conflict", "product-sense", "execution", "compensation", "motivation"]
SPAN = re.compile(r"\{([fdrvm]):([^{}]*)\}")


@dataclass
class Sentence:
    words: list
    tags: list                    # one per word: None or (class index, begins)
    verdict: int
    reason: int
    conclusion: bool = False
    layers: set = field(default_factory=set)


@dataclass
class Answer:
    id: str
    kind: str
    question: str
    sentences: list
    made: bool = False
    asked: str = ""               # the kind of the question, also where a roughened reading hides it in `kind`


def read_words(text):
    """Whitespace words of a labelled sentence, with the span each belongs to."""
    plain, owner, spans = "", [], 0
    at = 0
    for m in SPAN.finditer(text):
        plain += text[at:m.start()]
        owner += [None] * (m.start() - at)
        plain += m[2]
        owner += [(SPAN_LETTERS.index(m[1]), spans)] * len(m[2])
        spans += 1
        at = m.end()
    plain += text[at:]
    owner += [None] * (len(text) - at)
    if "{" in plain or "}" in plain:
        raise ValueError("a brace that opens or closes no span")
    words, tags, previous = [], [], None
    for w in re.finditer(r"\S+", plain):
        inside = [owner[i] for i in range(*w.span()) if plain[i].isalnum()] or [owner[i] for i in range(*w.span())]
        best = max(set(inside), key=lambda o: (inside.count(o), o is not None, str(o)))
        if best is not None and inside.count(best) * 2 < len(inside):
            best = None
        words.append(w[0])
        tags.append(None if best is None else (best[0], best[1] != previous))
        previous = None if best is None else best[1]
    return words, tags


def read(path, made=False):
    head, sentences, starred = {}, [], 0
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if line.startswith("#"):
            k, _, v = line[1:].partition(":")
            head[k.strip()] = v.strip()
            continue
        left, bar, text = line.partition("|")
        parts = left.replace("*", " * ").split()
        if not bar or len(parts) < 2 or parts[0] not in VERDICTS or parts[1] not in REASONS:
            raise ValueError(f"{path}:{n}: not `verdict reason | text`")
        if (parts[0] == "cut") != (REASONS.index(parts[1]) >= 8):
            raise ValueError(f"{path}:{n}: {parts[1]} is not a reason to {parts[0]}")
        try:
            words, tags = read_words(text)
        except ValueError as e:
            raise ValueError(f"{path}:{n}: {e}") from None
        starred += "*" in parts
        sentences.append(Sentence(words, tags, VERDICTS.index(parts[0]), REASONS.index(parts[1]), "*" in parts))
    if starred > 1 or not sentences or head.get("kind") not in KINDS:
        raise ValueError(f"{path}: one conclusion at most, a sentence at least, and a known kind")
    layers = dict(p.split("=") for p in head["layers"].split())
    if set(layers) != set(LAYERS):
        raise ValueError(f"{path}: layers must name the six")
    for name, at in layers.items():
        if at != "-":
            if not 1 <= int(at) <= len(sentences):
                raise ValueError(f"{path}: {name}={at} is no sentence")
            sentences[int(at) - 1].layers.add(LAYERS.index(name))
    return Answer(head.get("id", os.path.basename(path)), head["kind"], head.get("question", ""), sentences, made, head["kind"])


def read_folder(folder, made=False, skip_bad=False):
    out = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".answer"):
            try:
                out.append(read(os.path.join(folder, name), made))
            except (ValueError, KeyError) as e:
                if not skip_bad:
                    raise
                print(f"left out: {e}")
    return out


# ---- noise -------------------------------------------------------------------------------------------------------

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen").split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
VALUE = {w: i for i, w in enumerate(ONES)} | {w: 10 * i for i, w in enumerate(TENS) if i > 1}
SWAPS = {"a": "the", "the": "a", "is": "was", "was": "is", "in": "and", "and": "in", "that": "the", "on": "in",
         "he": "she", "this": "the", "they": "they're", "we": "we're", "it's": "its", "i'd": "i", "i've": "i"}
PAUSES = ["um", "umm", "uh", "uhm", "er", "erm", "uhh", "hmm", "ah", "mm"]


def spell(n):
    if n < 20:
        return [ONES[n]]
    if n < 100:
        return [TENS[n // 10]] + (spell(n % 10) if n % 10 else [])
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            return spell(n // size) + [name] + (spell(n % size) if n % size else [])
    return []


def spelt(word):
    """`41%,` as `forty one percent,`; None when the word is no plain number."""
    m = re.fullmatch(r"([$£€]?)(\d[\d,]*)(?:\.(\d+))?(%?)([.,?!]?)", word)
    if not m or len(m[2]) > 12:
        return None
    out = spell(int(m[2].replace(",", "") or 0))
    if m[3]:
        out += ["point"] + [ONES[int(d)] for d in m[3]]
    out += {"$": ["dollars"], "£": ["pounds"], "€": ["euros"], "": []}[m[1]] + (["percent"] if m[4] else [])
    out[-1] += m[5]
    return out


def figures(words, tags):
    """`forty one percent` as `41%`, `six` as `6`."""
    out_w, out_t, i = [], [], 0
    while i < len(words):
        bare = words[i].lower().strip(",.")
        n, k = VALUE.get(bare), 1
        if n is not None and words[i][-1] not in ",.":
            nxt = words[i + 1].lower().strip(",.") if i + 1 < len(words) else ""
            if n >= 20 and n % 10 == 0 and 0 < VALUE.get(nxt, 0) < 10:
                n, k = n + VALUE[nxt], 2
        if n is None or bare == "one" and k == 1:
            out_w.append(words[i])
            out_t.append(tags[i])
            i += 1
            continue
        last = words[i + k - 1]
        tail = last[len(last.rstrip(",.")):]
        if not tail and i + k < len(words) and words[i + k].lower().strip(",.") == "percent":
            tail = "%" + words[i + k][7:]
            k += 1
        out_w.append(str(n) + tail)
        out_t.append(tags[i])
        i += k
    return out_w, out_t


def noisy(answer, rng):
    """The answer as a recogniser might have heard it. Labels move with the words."""
    bare, words_to_digits, digits_to_words = rng.random() < .25, rng.random() < .25, rng.random() < .25
    slips, drop_pause, join = rng.random() < .4, .35 * (rng.random() < .5), .12 * (rng.random() < .35)
    swap_pause = .5 * (rng.random() < .4)
    out = []
    for s in answer.sentences:
        words, tags = [], []
        for w, t in zip(s.words, s.tags):
            if t and t[0] == 0:
                if rng.random() < drop_pause:
                    continue
                if rng.random() < swap_pause:
                    tail = w[len(w.rstrip(",.")):]
                    w = PAUSES[rng.integers(len(PAUSES))] + tail
            elif slips and rng.random() < .025:
                if rng.random() < .4 and not (t and t[1]):
                    continue
                w = SWAPS.get(w.lower(), w)
            parts = spelt(w) if digits_to_words else None
            if parts:
                words += parts
                tags += [t] + [t and (t[0], False)] * (len(parts) - 1)
            else:
                words.append(w)
                tags.append(t)
        if words_to_digits:
            words, tags = figures(words, tags)
        if bare:
            kept = [(re.sub(r"[^\w%$£€'’.:-]|[.:-]+$", "", w.lower()), t) for w, t in zip(words, tags)]
            words, tags = [w for w, _ in kept if w], [t for w, t in kept if w]
        if not words:
            words, tags = list(s.words), list(s.tags)
        s = Sentence(words, tags, s.verdict, s.reason, s.conclusion, set(s.layers))
        if out and rng.random() < join:
            p = out[-1]
            # What either half is kept for, the whole is kept for.
            lead = p if p.conclusion or (not s.conclusion and (p.verdict != 2 or s.verdict == 2)) else s
            w = p.words[-1].rstrip(".?!")
            p.words[-1] = (w or p.words[-1]) + ("," if not bare and rng.random() < .6 else "")
            p.words, p.tags = p.words + s.words, p.tags + s.tags
            p.verdict = lead.verdict if p.verdict == s.verdict else (0 if 0 in (p.verdict, s.verdict) else 1)
            p.reason, p.conclusion, p.layers = lead.reason, p.conclusion or s.conclusion, p.layers | s.layers
        else:
            out.append(s)
    # Now and then nothing is known of the question: the network then learns to tell its kind from the answer.
    blind = rng.random() < .35
    kind = "" if blind or rng.random() < .12 else answer.kind
    question = "" if blind or rng.random() < .12 else answer.question
    return Answer(answer.id, kind, question, out, answer.made, answer.asked)
