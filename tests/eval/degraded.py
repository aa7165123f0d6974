#!/usr/bin/env python3
"""Score the ears on other people's microphones: the same recordings clean, quiet, narrow and noisy.

    tests/eval/degraded.py --answers recordings recordings

Makes copies of a folder of recordings with sox, in a temporary folder that is removed again, and
scores each as `hear.py` does:

clean   as they are
quiet   20 dB softer
8k      8000 samples a second
pink    with pink noise 15 dB under the recording (both as root mean square over the whole file),
        the same noise each time

Prints the total of each, and which warnings the reports carry, in how many recordings.
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import hear
from program import ProgramError, asking, script

WAYS = ("clean", "quiet", "8k", "pink")
NOISE_DB = -15


def sox(*arguments):
    """Runs sox; what it says."""
    command = ["sox", "-R", "-V1", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ProgramError(f"sox failed: {done.stderr.strip()[-300:]}")
    return done.stderr


def rms(path):
    """Root mean square of a file."""
    return float(re.search(r"RMS\s+amplitude:\s+([\d.]+)", sox(path, "-n", "stat")).group(1))


def asked(flag, path):
    """What soxi says of a file."""
    return subprocess.run(["soxi", flag, path], capture_output=True, text=True).stdout.strip()


def degrade(way, source, out):
    """Writes a copy of a recording."""
    if way == "clean":
        sox(source, out)
    elif way == "quiet":
        sox(source, out, "gain", "-20")
    elif way == "8k":
        sox(source, "-r", "8000", out)
    else:
        noise = out.with_suffix(".noise.wav")
        shape = ("-n", "-r", asked("-r", source), "-c", "1", "-b", "16")
        sox(*shape, noise, "synth", asked("-D", source), "pinknoise")
        by = rms(source) * 10 ** (NOISE_DB / 20) / rms(noise)
        # Half of both, so that nothing clips.
        sox("-m", "-v", "0.5", source, "-v", f"{by / 2:.6f}", noise, out)
        noise.unlink()


def main():
    """Runs the script."""
    ask = asking(__doc__)
    ask.add_argument("--answers", metavar="FOLDER", help="labelled answers with the words said")
    ask.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    ask.add_argument("folder", metavar="FOLDER")
    given = ask.parse_args()
    for tool in ("sox", "soxi"):
        if not shutil.which(tool):
            raise ProgramError(f"{tool} is not installed; `apt-get install sox` brings it")
    for way in given.ways:
        with tempfile.TemporaryDirectory() as folder:
            for source in sorted(Path(given.folder).iterdir()):
                if source.suffix in hear.RECORDINGS:
                    degrade(way, source, Path(folder, source.stem + ".wav"))
                elif source.suffix in (".tsv", ".times"):
                    shutil.copy(source, folder)
            heard = hear.heard_folder(given.cutlist, folder, answers=given.answers)
            counts = [one for _, one in heard]
        if not counts:
            raise ValueError(f"{given.folder}: no recording whose words are known")
        print(hear.shown(way, hear.summed(counts)), flush=True)
        warned = Counter(code for one in counts for code in set(one["warnings"]))
        said = ", ".join(f"{code} {count}" for code, count in warned.most_common())
        print(f"    warnings: {said or 'none'}", flush=True)


if __name__ == "__main__":
    script(main)
