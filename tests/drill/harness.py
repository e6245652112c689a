"""How a case of the drill is run and judged."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from helpers import ROOT, run, without_git

LONGEST = 60  # seconds until a command has to say what is wrong
ADVICE = re.compile(r"; |: name |expected|required|invalid choice|unrecognized|not allowed")
APART = ".git/", ".dvc/tmp/", ".dvc/cache/", ".pytest_cache/"  # not the project's own files
ENVIRONMENT = {
    **{k: v for k, v in without_git(os.environ).items() if not k.startswith(("MNIST_", "LC_"))},
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTHONPATH": "stages",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "0",
    "LC_ALL": "C",  # what is said must be sayable without UTF-8
    "no_proxy": "*",
}


@dataclass(frozen=True)
class Case:
    """Something that hurts the project, and what must be said about it.

    name: what is done, in words.
    command: what is run then, in the project's folder; python is this environment's.
    says: what the line must name.
    hurt: does the harm, given a copy of the project that has run.
    variables: of the environment.
    """

    name: str
    command: tuple[str, ...]
    says: str
    hurt: Callable[[Path], object] = lambda project: None
    variables: dict[str, str] = field(default_factory=dict)


def made(folder):
    """Return a copy of this project in a folder, whose pipeline has run on small digits."""
    project = folder / "päth with space" / "project"
    for name in run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines():
        if (ROOT / name).is_file():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, project / name)
    shutil.copy(ROOT / "tests" / "params.yaml", project / "params.yaml")
    (project / "dvc.lock").unlink(missing_ok=True)
    run("git", "init", "-q", "-b", "main", cwd=project)
    for message in ("Take the small digits", "Run"):
        if message == "Run":
            run("dvc", "repro", cwd=project, MNIST_MIRROR="/nowhere")
        run("git", "add", "-A", cwd=project)
        run("git", "commit", "-q", "-m", message, cwd=project)
    return project


def copied(project):
    """Return a fresh copy of the project, in a folder of this thread's beside it."""
    folder = project.parent / f"copy {threading.get_ident()}"
    shutil.rmtree(folder, ignore_errors=True)
    return shutil.copytree(project, folder / "project", symlinks=True)


def contents(project):
    """Return {path: digest of its content} of the project's own files."""
    found = {}
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project).as_posix()
        if path.is_file() and "__pycache__" not in name and not name.startswith(APART):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def started(command, project, variables=None, **options):
    """Start a command in the project and return it; what it prints goes to one pipe."""
    words = [sys.executable if word == "python" else word for word in command]
    environment = ENVIRONMENT | (variables or {})
    if words[0] == "dvc":  # it cannot itself run in such a folder without UTF-8
        environment["PYTHONUTF8"] = "1"
    joined = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.Popen(words, cwd=project, env=environment, **joined, **options)


def ended(process, seconds=LONGEST):
    """Return what a command printed and how long it took; it is killed when the time is over."""
    start = time.monotonic()
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        printed, _ = process.communicate()
    return printed.decode(errors="replace"), time.monotonic() - start


def complaints(case, project):
    """Run a case in a copy of the project, and return what is wrong with how that ended."""
    copy = copied(project)
    case.hurt(copy)
    before = contents(copy)
    process = started(case.command, copy, case.variables)
    printed, seconds = ended(process)
    after, found = contents(copy), []
    if seconds >= LONGEST:
        found.append(f"no answer within {LONGEST} s")
    if process.returncode not in (1, 2, 255):
        found.append(f"exit code {process.returncode}")
    if "Traceback" in printed:
        found.append("a traceback")
    if "HALF" in printed.splitlines():
        found.append("half-written files")
    lines = [line for line in printed.splitlines() if case.says in line]
    if not lines:
        found.append(f"no line that names {case.says!r}")
    elif not any(map(ADVICE.search, lines)):
        found.append("a line without advice")
    if changed := [name for name in after if before.get(name) != after[name]]:
        found.append(f"left or changed {', '.join(changed[:3])}")
    if gone := before.keys() - after.keys():
        found.append(f"removed {', '.join(sorted(gone)[:3])}")
    return found, printed
