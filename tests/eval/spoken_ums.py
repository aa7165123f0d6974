#!/usr/bin/env python3
"""Speak labelled answers in a synthetic voice, to count how many of their filled pauses are heard.

    voice/bin/python tests/eval/spoken_ums.py models/judge/answers target/spoken-ums
    tests/eval/hear.py --answers models/judge/answers target/spoken-ums

Speaks every answer with --least filled pauses or more into OUT/NAME.wav: every other one with "um"
and "uh" spelled as words, which this voice says in 0.2 s or less, the rest with the vowel held as
people hold it. Pauses and pace differ from sentence to sentence; the same name gives the same
sound. recordings/README.md says what to install and what the licences are.
"""

import argparse
import random
import re
import runpy
import wave
from pathlib import Path

from labelled import read_folder
from program import ProgramError, script

REPOSITORY = Path(__file__).parents[2]
PAUSES_S = (0.2, 0.9)
PACES = (0.9, 1.0, 1.1)


def sentences(answer, held):
    """What the voice is to read: a unit at a time; `held` turns a marked um into phonemes."""
    for unit in answer.units:
        text = unit.marked("f")
        if held:
            text = re.sub(r"(, )?\{f:(um|uh|Um|Uh)\}(,)?", held, text)
        yield re.sub(r"\{f:([^}]*)\}", r"\1", text)


def speak(sample, answer, out, is_held):
    """Writes the sound of one answer. `sample` is what `recordings/make-sample.py` defines."""
    import numpy as np

    rate_hz = sample["RATE_HZ"]
    voice = sample["load_voice"]()
    chance = random.Random(answer.name)
    parts = [np.zeros(round(sample["EDGE_S"] * rate_hz))]
    for text in sentences(answer, sample["held"] if is_held else None):
        pace = sample["pace"](chance.choice(PACES))
        said = sample["synthesised"](voice, text, pace)
        parts.append(said)
        parts.append(np.zeros(round(chance.uniform(*PAUSES_S) * rate_hz)))
    sound = np.concatenate(parts)
    sound = sound * 0.5 / np.abs(sound).max() + sample["room"](len(sound))
    with wave.open(str(out / f"{answer.name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


def main():
    """Runs the script."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("answers", metavar="FOLDER", help="labelled answers")
    ask.add_argument("out", type=Path, metavar="OUT", help="folder for the recordings")
    ask.add_argument("--least", type=int, default=2, help="filled pauses an answer needs (2)")
    given = ask.parse_args()
    try:
        sample = runpy.run_path(str(REPOSITORY / "recordings/make-sample.py"))
    except ImportError as error:
        hint = "recordings/README.md says what to install"
        raise ProgramError(f"no package {error.name} in this Python; {hint}") from None
    given.out.mkdir(parents=True, exist_ok=True)

    def filled_pauses(answer):
        return sum(letter == "f" for unit in answer.units for letter, _ in unit.pieces)

    answers = read_folder(given.answers)
    chosen = [answer for answer in answers if filled_pauses(answer) >= given.least]
    for number, answer in enumerate(chosen, start=1):
        speak(sample, answer, given.out, is_held=number % 2 == 0)
        print(f"{number} of {len(chosen)}: {answer.name}", flush=True)


if __name__ == "__main__":
    script(main)
