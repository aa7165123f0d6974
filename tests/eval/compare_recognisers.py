#!/usr/bin/env python3
"""Time cutlist against other recognisers, on the same weights and recordings, in one run.

    tests/eval/compare_recognisers.py recordings/sample-answer.wav recordings/short-answer.wav

What is not installed is left out with a word. Each round runs every program on every recording, so
that a busy machine is busy for all of them; printed are the medians of the real-time factor
(seconds of work for a second of sound, whole process, model loading included) and the ratios to
cutlist. cutlist does more: it decodes with a prompt, checks the words against the sound, and judges
the answer; faster-whisper and whisper-cli only write down words, greedily.

--ct2 is the CTranslate2 folder that the default model is made from (models/README.md), for
faster-whisper in int8; join its parts first: cat model.bin.part1 model.bin.part2 > model.bin
"""

import shutil
import statistics
import subprocess
import sys
import time
import wave

from program import ProgramError, asking, script

FASTER = """
import sys
from faster_whisper import WhisperModel
threads = int(sys.argv[2])
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=threads)
segments, _ = model.transcribe(sys.argv[3], language="en", beam_size=1, word_timestamps=True)
print(" ".join(segment.text for segment in segments))
"""


def seconds(command):
    """How long a command takes."""
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ProgramError(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
    return time.monotonic() - start


def length_s(path):
    """How long a recording is."""
    with wave.open(path) as sound:
        return sound.getnframes() / sound.getframerate()


def programs(given):
    """The command of each program that is there."""
    out = {"cutlist": [given.cutlist, "analyze", "--no-save", "--format", "json"]}
    if shutil.which("whisper-cli"):
        greedy = ["-l", "en", "-bs", "1", "-bo", "1"]
        out["whisper-cli"] = ["whisper-cli", "-m", given.ggml, "-t", given.threads, *greedy]
    else:
        print("whisper-cli is not installed; left out", file=sys.stderr)
    probe = [given.python, "-c", "import faster_whisper"]
    has_faster = subprocess.run(probe, capture_output=True).returncode == 0
    if given.ct2 and has_faster:
        out["faster-whisper int8"] = [given.python, "-c", FASTER, given.ct2, given.threads]
    else:
        why = "pass --ct2 FOLDER" if has_faster else f"{given.python} does not have it"
        print(f"faster-whisper is left out: {why}", file=sys.stderr)
    return out


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("recordings", nargs="+", metavar="WAV")
    ask.add_argument("--python", default=sys.executable, help="a Python with faster-whisper")
    ask.add_argument("--ct2", metavar="FOLDER")
    ask.add_argument("--ggml", default="models/ggml-base-q8_0.bin", metavar="FILE")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--threads", default="2")
    given = ask.parse_args()
    commands = programs(given)
    took = {name: [] for name in commands}
    for _ in range(given.rounds):
        for path in given.recordings:
            for name, command in commands.items():
                took[name].append(seconds([*command, path]) / length_s(path))
    base = statistics.median(took["cutlist"])
    print(f"{'program':22} {'median RTF':>10} {'to cutlist':>10} {'runs':>5}")
    for name, values in took.items():
        median = statistics.median(values)
        print(f"{name:22} {median:10.3f} {median / base:9.2f}x {len(values):5}")


if __name__ == "__main__":
    script(main)
