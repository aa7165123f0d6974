"""Labelled answers: reading them, joining two readings, and the noise that a recogniser adds.

The format is section 10 of RUBRIC.md. Words are split on whitespace; a word belongs to a span when
most of its letters and digits do, so that punctuation outside `{f:um},` changes nothing.
"""

import difflib
import os
import re
from dataclasses import dataclass, field

import numpy as np

VERDICTS = ["keep", "trim", "cut"]
REASONS = [
    "conclusion",
    "decision",
    "action",
    "metric",
    "conflict",
    "consequence",
    "reflection",
    "context",
    "throat_clearing",
    "meta",
    "autobiography",
    "scene_setting",
    "restatement",
    "vague_claim",
    "platitude",
    "tangent",
    "process_narration",
    "team_narration",
    "sign_off",
]
FIRST_CUT_REASON = REASONS.index("throat_clearing")
LAYERS = ["customer_problem", "metric", "decision", "conflict", "consequence", "reflection"]
SPANS = ["filled_pause", "discourse_marker", "repeat_or_restart", "vague", "metric"]
SPAN_LETTERS = "fdrvm"
KINDS = [
    "leadership",
    "analytical",
    "failure",
    "conflict",
    "product-sense",
    "execution",
    "compensation",
    "motivation",
]
CUT = VERDICTS.index("cut")
SPAN = re.compile(r"\{([fdrvm]):([^{}]*)\}")
LINE = re.compile(r"(keep|trim|cut) ([a-z_]+)(\*\??)? \|(.*)")


@dataclass
class Unit:
    """One labelled line: a unit of section 0, or, in files older than version 2, a sentence."""

    words: list
    tags: list  # one a word: None, or (span class, whether the span begins here)
    verdict: int
    reason: int
    star: str = ""  # "*" for the conclusion, "*?" for a weak one
    layers: set = field(default_factory=set)
    odds: np.ndarray | None = None  # probabilities of the verdicts where two readers differ

    def verdict_odds(self):
        """Probability of each verdict: the readers' share where there are two."""
        if self.odds is not None:
            return self.odds
        return np.eye(len(VERDICTS), dtype=np.float32)[self.verdict]


@dataclass
class Answer:
    """A labelled answer; `kind` and `question` are what the network is told."""

    id: str
    kind: str
    question: str
    units: list
    set: str = ""  # the folder it comes from
    asked: str = ""  # the kind of the question, also where a reading hides it in `kind`
    has_borders: bool = True  # whether every line is one unit

    def words(self):
        """All words in order."""
        return [word for unit in self.units for word in unit.words]


# ---- reading -----------------------------------------------------------------------------------


def read_words(text):
    """Whitespace words of a labelled line, and the span that each belongs to."""
    plain, owner, spans, at = "", [], 0, 0
    for match in SPAN.finditer(text):
        plain += text[at : match.start()]
        owner += [None] * (match.start() - at)
        plain += match[2]
        owner += [(SPAN_LETTERS.index(match[1]), spans)] * len(match[2])
        spans += 1
        at = match.end()
    plain += text[at:]
    owner += [None] * (len(text) - at)
    if "{" in plain or "}" in plain:
        raise ValueError("a brace that opens or closes no span")
    words, tags, previous = [], [], None
    for found in re.finditer(r"\S+", plain):
        letters = [owner[i] for i in range(*found.span()) if plain[i].isalnum()]
        inside = letters or [owner[i] for i in range(*found.span())]
        best = max(set(inside), key=lambda o: (inside.count(o), o is not None, str(o)))
        if best is not None and inside.count(best) * 2 < len(inside):
            best = None
        words.append(found[0])
        tags.append(None if best is None else (best[0], best[1] != previous))
        previous = None if best is None else best[1]
    return words, tags


def read(path):
    """Reads one file; raises ValueError with the place of what is wrong in it."""
    head, units = {}, []
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            head[key.strip()] = value.strip()
            continue
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if not match or match[2] not in REASONS:
            raise ValueError(f"{path}:{number}: not `verdict reason | text`")
        reason = REASONS.index(match[2])
        if (match[1] == "cut") != (reason >= FIRST_CUT_REASON):
            raise ValueError(f"{path}:{number}: {match[2]} is not a reason to {match[1]}")
        try:
            words, tags = read_words(match[4])
        except ValueError as error:
            raise ValueError(f"{path}:{number}: {error}") from None
        units.append(Unit(words, tags, VERDICTS.index(match[1]), reason, match[3] or ""))
    if sum(bool(unit.star) for unit in units) > 1 or not units or head.get("kind") not in KINDS:
        raise ValueError(f"{path}: one conclusion at most, a line at least, and a known kind")
    layers = dict(part.split("=") for part in head["layers"].split())
    if set(layers) != set(LAYERS):
        raise ValueError(f"{path}: layers must name the six")
    for name, at in layers.items():
        if at != "-":
            if not 1 <= int(at) <= len(units):
                raise ValueError(f"{path}: {name}={at} is no line")
            units[int(at) - 1].layers.add(LAYERS.index(name))
    folder = os.path.basename(os.path.dirname(os.path.abspath(path)))
    name = head.get("id", os.path.basename(path))
    kind = head["kind"]
    return Answer(name, kind, head.get("question", ""), units, folder, kind)


def read_folder(folder, has_borders=True):
    """Every `.answer` file below a folder, in the order of their paths."""
    out = []
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".answer"):
                answer = read(os.path.join(place, name))
                answer.has_borders = has_borders
                out.append(answer)
    return out


def bare(word):
    """Letters and digits of a word, in lower case."""
    return "".join(c for c in word.lower() if c.isalnum())


def join_second_reading(answer, second):
    """Makes the verdicts of `answer` soft: half its own, half the second reader's, word by word."""
    mine, theirs = answer.words(), second.words()
    own = [verdict for unit in second.units for verdict in [unit.verdict] * len(unit.words)]
    matcher = difflib.SequenceMatcher(
        None, [bare(w) for w in mine], [bare(w) for w in theirs], autojunk=False
    )
    other = {}
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            other[block.a + k] = own[block.b + k]
    at = 0
    for unit in answer.units:
        seen = [other[i] for i in range(at, at + len(unit.words)) if i in other]
        at += len(unit.words)
        if seen:
            share = np.bincount(seen, minlength=len(VERDICTS)) / len(seen)
            unit.odds = (0.5 * unit.verdict_odds() + 0.5 * share).astype(np.float32)


# ---- noise -------------------------------------------------------------------------------------

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUE = {word: i for i, word in enumerate(ONES)}
VALUE |= {word: 10 * i for i, word in enumerate(TENS) if i > 1}
SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
CURRENCY = {"$": ["dollars"], "£": ["pounds"], "€": ["euros"], "": []}
SWAPS = dict(
    pair.split(":")
    for pair in [
        "a:the",
        "the:a",
        "is:was",
        "was:is",
        "in:and",
        "and:in",
        "that:the",
        "on:in",
        "he:she",
        "this:the",
        "they:they're",
        "we:we're",
        "it's:its",
        "i'd:i",
        "i've:i",
    ]
)
PAUSES = ["um", "umm", "uh", "uhm", "er", "erm", "uhh", "hmm", "ah", "mm"]
JOINERS = {"and", "so", "but", "because", "then", "which", "or"}


def spell(number):
    """A whole number in words."""
    if number < 20:
        return [ONES[number]]
    if number < 100:
        return [TENS[number // 10]] + (spell(number % 10) if number % 10 else [])
    for size, name in SCALES:
        if number >= size:
            rest = number % size
            return spell(number // size) + [name] + (spell(rest) if rest else [])
    return []


def spelt(word):
    """`41%,` as `forty one percent,`; None when the word is no plain number."""
    match = re.fullmatch(r"([$£€]?)(\d[\d,]*)(?:\.(\d+))?(%?)([.,?!]?)", word)
    if not match or len(match[2]) > 12:
        return None
    out = spell(int(match[2].replace(",", "") or 0))
    if match[3]:
        out += ["point"] + [ONES[int(digit)] for digit in match[3]]
    out += CURRENCY[match[1]] + (["percent"] if match[4] else [])
    out[-1] += match[5]
    return out


def figures(words, tags):
    """`forty one percent` as `41%`, `six` as `6`."""
    out_words, out_tags, i = [], [], 0
    while i < len(words):
        plain = words[i].lower().strip(",.")
        number, used = VALUE.get(plain), 1
        if number is not None and words[i][-1] not in ",.":
            following = words[i + 1].lower().strip(",.") if i + 1 < len(words) else ""
            if number >= 20 and number % 10 == 0 and 0 < VALUE.get(following, 0) < 10:
                number, used = number + VALUE[following], 2
        if number is None or (plain == "one" and used == 1):
            out_words.append(words[i])
            out_tags.append(tags[i])
            i += 1
            continue
        last = words[i + used - 1]
        tail = last[len(last.rstrip(",.")) :]
        following = words[i + used].lower() if i + used < len(words) else ""
        if not tail and following.strip(",.") == "percent":
            tail = "%" + words[i + used][7:]
            used += 1
        out_words.append(str(number) + tail)
        out_tags.append(tags[i])
        i += used
    return out_words, out_tags


def without_punctuation(words, tags):
    """Lower case, and no marks but those inside a word or a figure."""
    out = [
        (re.sub(r"[^\w%$£€'’.:-]|[.:-]+$", "", word.lower()), tag) for word, tag in zip(words, tags)
    ]
    return [w for w, _ in out if w], [t for w, t in out if w]


def shuffled_marks(words, rng):
    """Full stops and commas where a recogniser puts them: lost, weakened, or at odd places."""
    out, starts = [], False
    for word in words:
        stem, mark = word.rstrip(",.;"), word[len(word.rstrip(",.;")) :]
        if mark and rng.random() < 0.25:
            mark = "" if rng.random() < 0.5 else ("," if mark == "." else ".")
        elif not mark and rng.random() < 0.02:
            mark = "," if rng.random() < 0.7 else "."
        out.append((stem[:1].upper() + stem[1:] if starts and stem else stem) + mark or word)
        starts = mark == "."
    return out


def as_heard(unit, choice, rng):
    """The words and tags of one unit under the noise chosen for the answer."""
    words, tags = [], []
    for word, tag in zip(unit.words, unit.tags):
        if tag and tag[0] == 0:
            if rng.random() < choice["drop_pause"]:
                continue
            if rng.random() < choice["swap_pause"]:
                tail = word[len(word.rstrip(",.")) :]
                word = PAUSES[rng.integers(len(PAUSES))] + tail
        elif rng.random() < choice["slip"]:
            if rng.random() < 0.4 and not (tag and tag[1]):
                continue
            word = SWAPS.get(word.lower(), word)
        parts = spelt(word) if choice["digits_to_words"] else None
        words += parts or [word]
        tags += [tag]
        if parts:
            tags += [tag and (tag[0], False)] * (len(parts) - 1)
    if choice["words_to_digits"]:
        words, tags = figures(words, tags)
    if choice["bare"]:
        words, tags = without_punctuation(words, tags)
    elif choice["marks"]:
        words = shuffled_marks(words, rng)
    if not words:
        words, tags = list(unit.words), list(unit.tags)
    return words, tags


def joined(first, second):
    """Two neighbouring units as one: what either is kept for, the whole is kept for."""
    takes_first = first.star or (
        not second.star and (first.verdict != CUT or second.verdict == CUT)
    )
    lead = first if takes_first else second
    share = len(first.words) / (len(first.words) + len(second.words))
    odds = share * first.verdict_odds() + (1 - share) * second.verdict_odds()
    verdict = lead.verdict if first.verdict == second.verdict else VERDICTS.index("trim")
    if 0 in (first.verdict, second.verdict):
        verdict = 0
    return Unit(
        first.words + second.words,
        first.tags + second.tags,
        verdict,
        lead.reason,
        first.star or second.star,
        first.layers | second.layers,
        None if first.odds is None and second.odds is None else odds,
    )


def divided(unit, rng):
    """A long unit in two at a joining word, as a splitter that errs would have it."""
    places = [i for i in range(4, len(unit.words) - 4) if bare(unit.words[i]) in JOINERS]
    if not places:
        return [unit]
    at = places[rng.integers(len(places))]
    starred_first = at * 2 >= len(unit.words)
    halves = []
    for part, is_lead in ((slice(0, at), starred_first), (slice(at, None), not starred_first)):
        star, layers = (unit.star, unit.layers) if is_lead else ("", set())
        reason = unit.reason
        if not star and reason == 0 and unit.star:
            reason = REASONS.index("action")
        halves.append(
            Unit(unit.words[part], unit.tags[part], unit.verdict, reason, star, layers, unit.odds)
        )
    return halves


def noisy(answer, rng):
    """The answer as a recogniser and an imperfect splitter might hand it over.

    Labels move with the words. The borders of the result are those of the labels wherever
    `has_borders` says so: joined and divided units are for the verdicts alone, and then say not.
    """
    choice = {
        "bare": rng.random() < 0.4,
        "marks": rng.random() < 0.4,
        "words_to_digits": rng.random() < 0.25,
        "digits_to_words": rng.random() < 0.25,
        "slip": 0.02 * (rng.random() < 0.4),
        "drop_pause": 0.35 * (rng.random() < 0.5),
        "swap_pause": 0.5 * (rng.random() < 0.4),
    }
    resplits = rng.random() < 0.4
    out = []
    for unit in answer.units:
        words, tags = as_heard(unit, choice, rng)
        heard = Unit(words, tags, unit.verdict, unit.reason, unit.star, set(unit.layers), unit.odds)
        if resplits and out and rng.random() < 0.12:
            out[-1] = joined(out[-1], heard)
        elif resplits and rng.random() < 0.1:
            out += divided(heard, rng)
        else:
            out.append(heard)
    # Now and then nothing is known of the question: the network learns to tell its kind.
    blind = rng.random() < 0.3
    kind = "" if blind or rng.random() < 0.12 else answer.kind
    question = "" if blind or rng.random() < 0.12 else answer.question
    has_borders = answer.has_borders and not resplits
    return Answer(answer.id, kind, question, out, answer.set, answer.asked, has_borders)
