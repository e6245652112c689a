"""Hurt the project in hundreds of ways, and see that each ends in one clear line.

    PYTHONPATH=tests:stages python -m drill    # make drill; words after it choose the cases

A case is a copy of the project, which has run on small digits and lies in a folder with a space and
an umlaut in its name, without UTF-8 in the environment. It must end within a minute, in a line that
names what is wrong and says what to do, without a traceback, and leave and change nothing. What was
interrupted must afterwards end in the bytes that it would have ended in.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

from drill import doors, harness, images, interruptions

AT_ONCE = 2  # most of a case is a start of Python's, on one core


def chosen(cases):
    """Return those of {name: case} whose names have all words of the command line."""
    return {name: run for name, run in cases.items() if all(word in name for word in sys.argv[1:])}


def main():
    """Run all cases; print what is wrong, and how many there were."""
    lines = [*doors.every(), *images.every(), *interruptions.full_disks()]
    quick = chosen({case.name: partial(harness.complaints, case) for case in lines})
    timed = chosen(interruptions.every())  # by how long a stage takes: one after the other
    if not interruptions.namespaces():
        print("without full disks: unshare, which mounts them, is not here or not allowed")
    if not sys.prefix.isascii():  # torch itself does not start there without UTF-8
        raise SystemExit(f"drill: {sys.prefix} has letters beyond ASCII; clone into another folder")
    wrong, count, start = 0, len(quick) + len(timed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        project = harness.made(Path(folder))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ended = chain(
                zip(quick, pool.map(lambda case: case(project), quick.values()), strict=True),
                ((name, case(project)) for name, case in timed.items()),
            )
            for nth, (name, (found, printed)) in enumerate(ended, 1):
                if found:
                    wrong += 1
                    end = printed.strip()[-800:]
                    print(f"\n{name}: {'; '.join(found)}\n{end}\n", flush=True)
                print(f"\r{nth} of {count}", end="", flush=True)
    minutes = (time.monotonic() - start) / 60
    print(f"\n{count} cases, {wrong} of them not as they should be, {minutes:.0f} minutes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
