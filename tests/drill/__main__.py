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
from functools import partial
from pathlib import Path

from drill import doors, harness, images, interruptions


def main():
    """Run all cases; print what is wrong, and how many there were."""
    lines = [*doors.every(), *images.every(), *interruptions.full_disks()]
    cases = {case.name: partial(harness.complaints, case) for case in lines}
    cases |= interruptions.every()
    words = sys.argv[1:]
    cases = {name: run for name, run in cases.items() if all(word in name for word in words)}
    if not interruptions.namespaces():
        print("without full disks: unshare, which mounts them, is not here or not allowed")
    wrong, start = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        project = harness.made(Path(folder))
        for nth, (name, run) in enumerate(cases.items(), 1):
            found, printed = run(project)
            if found:
                wrong += 1
                print(f"\n{name}: {'; '.join(found)}\n{printed.strip()[-800:]}\n", flush=True)
            print(f"\r{nth} of {len(cases)}", end="", flush=True)
    minutes = (time.monotonic() - start) / 60
    print(f"\n{len(cases)} cases, {wrong} of them not as they should be, {minutes:.0f} minutes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
