"""Labelled answers: the one reader of `.answer` files (RUBRIC.md section 10)."""

import re
from dataclasses import dataclass, field
from pathlib import Path

KINDS = (
    "leadership analytical failure conflict product-sense execution compensation motivation"
).split()
KEEPS = "conclusion decision action metric conflict consequence reflection context".split()
CUTS = (
    "throat_clearing meta autobiography scene_setting restatement vague_claim platitude tangent "
    "process_narration team_narration sign_off"
).split()
LAYERS = "customer_problem metric decision conflict consequence reflection".split()
SPANS = {
    "f": "filled_pause",
    "d": "discourse_marker",
    "r": "repeat_or_restart",
    "v": "vague",
    "m": "metric",
}
_SPAN = re.compile(r"\{([fdrvm]):([^{}]*)\}")


@dataclass
class Unit:
    """A line of an answer: what is said, and how it is judged.

    `pieces` are (letter, text) in order; the letter is None outside spans.
    """

    verdict: str
    reason: str
    is_conclusion: bool
    is_weak: bool
    pieces: list

    def marked(self, letters=""):
        """The text, with the marks of these span letters left in."""
        return "".join(
            f"{{{letter}:{text}}}" if letter and letter in letters else text
            for letter, text in self.pieces
        ).strip()

    @property
    def text(self):
        """The text as it was said, without marks."""
        return self.marked()


@dataclass
class Answer:
    """A labelled answer. `name` is the file's; `layers` maps each layer to its unit, or to None."""

    name: str
    kind: str
    question: str
    layers: dict
    units: list = field(default_factory=list)

    @property
    def text(self):
        """The whole answer as it was said."""
        return " ".join(unit.text for unit in self.units)

    @property
    def conclusion(self):
        """Index of the unit that is the conclusion, or None."""
        return next((i for i, unit in enumerate(self.units) if unit.is_conclusion), None)


def _pieces(text):
    """Splits a marked line into (letter, text)."""
    out, at = [], 0
    for span in _SPAN.finditer(text):
        out += [(None, text[at : span.start()]), (span[1], span[2])]
        at = span.end()
    out.append((None, text[at:]))
    if any("{" in said or "}" in said for _, said in out):
        raise ValueError("a brace that opens or closes no span")
    return [piece for piece in out if piece[1]]


def _unit(line):
    """Reads `verdict reason* | text`."""
    head, bar, text = line.partition("|")
    words = head.replace("*?", " *? ").replace("*", " * ").replace("* ?", "*?").split()
    if not bar or len(words) < 2 or not text.strip():
        raise ValueError("not `verdict reason | text`")
    verdict, reason, *stars = words
    if verdict not in ("keep", "trim", "cut"):
        raise ValueError(f"{verdict} is not keep, trim or cut")
    if reason not in (CUTS if verdict == "cut" else KEEPS):
        raise ValueError(f"{reason} is not a reason to {verdict}")
    if stars not in ([], ["*"], ["*?"]):
        raise ValueError(f"{' '.join(stars)} after the reason; a star marks the conclusion")
    return Unit(verdict, reason, bool(stars), stars == ["*?"], _pieces(text))


def read_text(name, text):
    """Reads an answer. Raises ValueError that names the file, the line and what is wrong."""
    head, units = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            head[key.strip()] = value.strip()
        elif line.strip():
            try:
                units.append(_unit(line))
            except ValueError as error:
                raise ValueError(f"{name}:{number}: {error}") from None
    if head.get("kind") not in KINDS:
        raise ValueError(f"{name}: `# kind:` has to be one of {', '.join(KINDS)}")
    if not units or sum(unit.is_conclusion for unit in units) > 1:
        raise ValueError(f"{name}: an answer has a unit at least and one conclusion at most")
    try:
        layers = dict(part.split("=") for part in head.get("layers", "").split())
        layers = {key: None if at == "-" else int(at) - 1 for key, at in layers.items()}
    except ValueError:
        raise ValueError(f"{name}: `# layers:` is not name=number or name=-") from None
    if layers and set(layers) != set(LAYERS):
        raise ValueError(f"{name}: `# layers:` has to name {', '.join(LAYERS)}")
    if any(at is not None and not 0 <= at < len(units) for at in layers.values()):
        raise ValueError(f"{name}: `# layers:` names a unit that is not there")
    return Answer(name, head["kind"], head.get("question", ""), layers, units)


def read(path):
    """Reads a file."""
    path = Path(path)
    return read_text(path.stem, path.read_text(encoding="utf-8"))


def read_folder(folder, names=()):
    """Every answer of a folder by name, or those whose name holds one of `names`."""
    paths = sorted(Path(folder).glob("*.answer"))
    chosen = [path for path in paths if not names or any(name in path.name for name in names)]
    if not chosen:
        raise ValueError(f"{folder}: no .answer file{' of these names' if names else ''} there")
    return [read(path) for path in chosen]
