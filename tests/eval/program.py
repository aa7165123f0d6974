"""The program under test: where it is, and the report it makes of a file."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

DEFAULT = os.environ.get("CUTLIST", "target/release/cutlist")


class ProgramError(Exception):
    """The program could not be run, or made no report."""


def asking(description):
    """A parser whose help is the script's own documentation, with the option --cutlist."""
    ask = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument(
        "--cutlist",
        default=DEFAULT,
        metavar="PROGRAM",
        help=f"the program (here {DEFAULT}; CUTLIST in the environment names another)",
    )
    return ask


def run(cutlist, path, *options):
    """`cutlist analyze --format json --no-save` on a file: the report, and what was said beside."""
    command = [cutlist, "analyze", "--format", "json", "--no-save", *options, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{path}: no report after 900 s") from None
    except OSError as error:
        hint = "build it with `cargo build --release`, or name it with --cutlist"
        raise ProgramError(f"cannot run {cutlist} ({error.strerror}); {hint}") from None
    if done.returncode not in (0, 1):
        raise ProgramError(f"{path}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout), done.stderr


def report(cutlist, path, *options):
    """The report on a file."""
    return run(cutlist, path, *options)[0]


def report_on_text(cutlist, text, *options):
    """The report on a text."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        return report(cutlist, file.name, *options)


def script(main):
    """Runs a script's `main`: bad input is one line on standard error and exit status 2."""
    try:
        status = main()
        sys.stdout.flush()
        sys.exit(status)
    except BrokenPipeError:
        # The reader of the output has seen enough (`| head`), which is fine.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ProgramError, OSError, ValueError) as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}", file=sys.stderr)
        sys.exit(2)
