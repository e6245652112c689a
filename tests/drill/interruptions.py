"""What happens to a run: a full disk, Ctrl-C, kill -9, another run at the same time."""

import os
import re
import signal
import subprocess
import time
from functools import partial

from drill.doors import parameter
from drill.harness import Case, contents, copied, ended, started
from helpers import run

STAGES = ["fetch", "preprocess", "train_ann@0", "train_cnn@0"]
STAGES += ["evaluate", "generalize", "visualize", "predict"]
WRITES = {  # stage: the folder that it writes into
    "fetch": "data",
    "preprocess": "data",
    "train_ann --seed 0": "data",
    "train_cnn --seed 0": "data",
    "evaluate": "metrics",
    "generalize": "plots",
    "visualize": "plots",
    "predict": "plots",
}
# A small file system in the place of a folder, full but for some bytes.
FULL = """
cp -a "$0" ../saved && mount -t tmpfs -o size=64m tmpfs "$0" || exit 99
cp -a ../saved/. "$0" && rm -r ../saved
head -c 1G /dev/zero > "$0/fill" 2>/dev/null
list() { find "$0" -type f ! -name fill -exec sha256sum {} + | sort; }
list "$0" > ../before
"$@"
code=$?
list "$0" > ../after
diff ../before ../after > /dev/null || { echo HALF; diff ../before ../after; }
exit $code
"""
DRAFT = re.compile(r"/\.(raw|others|tables|pictures)/|\.\d+$")  # files that are not whole yet
PAUSE = 0.6  # the part of a stage's time after which it is interrupted


def namespaces():
    """Return whether a file system of one's own can be mounted here."""
    try:
        return subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def full_disks():
    """Return the cases of a full disk under each stage."""
    for stage, folder in WRITES.items() if namespaces() else ():
        script, *options = stage.split()
        command = ("unshare", "-rm", "sh", "-c", FULL, folder, "python3")
        command = (*command, f"stages/{script}.py", *options)
        yield Case(f"a full disk: {stage}", command, "No space left on device")


def interrupted(project, stage, kind):
    """Interrupt a stage, run the pipeline again, and say what is wrong with what is there."""
    copy, found = copied(project), []
    lock = (copy / "dvc.lock").read_bytes()
    start = time.monotonic()
    ended(started(("dvc", "repro", "-sf", stage), copy))
    usual = time.monotonic() - start
    process = started(("dvc", "repro", "-sf", stage), copy, start_new_session=True)
    time.sleep(PAUSE * usual)
    if process.poll() is not None:
        found.append("ended before it was interrupted")
    os.killpg(process.pid, kind)
    said, seconds = ended(process)
    if "Traceback" in said and kind == signal.SIGINT and not re.search("(?m)^ *File .*/dvc", said):
        found.append("a traceback")
    for name in (".dvc/tmp/lock", ".dvc/tmp/rwlock"):  # as docs/troubleshooting.md says
        (copy / name).unlink(missing_ok=True)
    again, more = ended(started(("dvc", "repro"), copy), 300)
    if (copy / "dvc.lock").read_bytes() != lock:
        found.append("other bytes than without the interruption")
    if left := [name for name in contents(copy) if DRAFT.search(name)]:
        found.append(f"half-written: {left[:3]}")
    status = run("git", "status", "--porcelain", cwd=copy)
    if changed := [each for each in status.splitlines() if "timings.json" not in each]:
        found.append(f"changed: {changed[:3]}")
    return found, f"{said[-300:]}\n{again[-300:]}\n{seconds + more:.0f} s"


def at_once(project):
    """Train the same network twice at once; return what is wrong with what the second says."""
    copy, found = copied(project), []
    parameter("ann", "epochs", 300)(copy)
    train = "python", "stages/train_ann.py", "--seed", "0"
    first = started(train, copy)
    time.sleep(8)
    said, _ = ended(started(train, copy))
    first.kill()
    ended(first)
    if "another process is training" not in said or "Traceback" in said:
        found.append("no line about the other process")
    return found, said


def every():
    """Return {what is done: function of the project that does it}."""
    found = {"the same training twice at once": at_once}
    for stage in STAGES:
        for kind in (signal.SIGINT, signal.SIGKILL):
            found[f"{kind.name} in {stage}"] = partial(interrupted, stage=stage, kind=kind)
    return found
