"""What several tests call: a way to run commands, and the committed text of a file."""

import functools
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parent.parent
PUBLISHED = os.environ.get("PUBLISHED_AT", "HEAD")  # the commit whose prose and figures are read
# What this machine's user has set must not sign commits, nor run hooks.
GIT = {"commit.gpgsign": "false", "tag.gpgsign": "false", "core.hooksPath": os.devnull}


def without_git(variables):
    """Return environment variables without git's, so that a command's folder alone says where.

    Git sets them for its hooks: with GIT_DIR, tests would commit into the repository it names.
    """
    found = {key: value for key, value in variables.items() if not key.startswith("GIT_")}
    found["GIT_CONFIG_COUNT"] = str(len(GIT))
    for i, (key, value) in enumerate(GIT.items()):
        found |= {f"GIT_CONFIG_KEY_{i}": key, f"GIT_CONFIG_VALUE_{i}": value}
    return found


def run(*command, cwd, ok=True, **variables):
    """Run a command with this environment's programs; return its output, stderr included."""
    environment = {
        **without_git(os.environ),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.org",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.org",
        **variables,
    }
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode == 0) == ok, f"{' '.join(map(str, command))}:\n{done.stdout}"
    return done.stdout


def started(shown):
    """Return the stages that a DVC command ran, from what it printed."""
    return [line.split("'")[1] for line in shown.splitlines() if line.startswith("Running stage")]


def trained(shown):
    """Return the training stages that a DVC command ran, from what it printed."""
    return [stage for stage in started(shown) if stage.startswith("train_")]


def published(path):
    """Return the text of a file as committed, whatever an experiment has made of it since."""
    return run("git", "show", f"{PUBLISHED}:{path}", cwd=ROOT)


def examples(heading):
    """Return the blocks of code under a heading of CONTRIBUTING.md, in their order."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"(?ms)^## {heading}$(.+?)(?=^## |\Z)", page)
    return re.findall(r"(?ms)^```\w+\n(.+?)^```$", section)


@functools.cache
def handbook():
    """Return the text of README.md and of the pages in docs/ as committed."""
    pages = run("git", "ls-tree", "-r", "--name-only", PUBLISHED, "docs", cwd=ROOT).split()
    return "\n".join(published(p) for p in ["README.md", *pages] if p.endswith(".md"))


def published_table(path, **options):
    """Return a CSV file as committed; the options are pandas.read_csv's."""
    return pd.read_csv(io.StringIO(published(path)), **options)


def table(name):
    """Return a benchmark's table as committed."""
    return published_table(f"benchmarks/results/{name}.csv", keep_default_na=False)
