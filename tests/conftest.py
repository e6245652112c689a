"""What several tests need: small digits, a clean copy of the project, a way to run commands."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parent.parent
os.environ["no_proxy"] = "*"  # the tests' servers are on this machine


@pytest.fixture(scope="session")
def digits():
    """Return images, uint8 (1797, 28, 28), and labels, int64 (1797,): real digits, no network."""
    from mnist import idx, sources

    found = sources.optdigits()
    halves = [
        (
            idx.decode(found[f"{half}-images-idx3-ubyte.gz"], 3, half),
            idx.decode(found[f"{half}-labels-idx1-ubyte.gz"], 1, half).astype(np.int64),
        )
        for half in ("train", "t10k")
    ]
    return tuple(np.concatenate(parts) for parts in zip(*halves, strict=True))


@pytest.fixture(scope="session")
def five(digits):
    """Return one real digit, as prepared from a plain photo, and that photo's ink."""
    from drawing import photographed, written
    from mnist import preparation

    images, labels = digits
    page = written([images[labels == 5][3]])
    return preparation.digit(photographed(page) / 255), page


def run(*command, cwd, ok=True, **variables):
    """Run a command with this environment's programs; return its output, stderr included."""
    environment = {
        **os.environ,
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
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode == 0) == ok, f"{' '.join(command)}:\n{done.stdout}"
    return done.stdout


def at_head(path):
    """Return the text of a file as committed, whatever an experiment has made of it since."""
    return run("git", "show", f"HEAD:{path}", cwd=ROOT)


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """Return a git repository with this working tree's files and none of its data or settings."""
    folder = tmp_path_factory.mktemp("project") / "clone"
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    run("git", "init", "-q", "-b", "main", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", "commit", "-q", "-m", "Copy", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def settings():
    """Return params.yaml at HEAD."""
    return yaml.safe_load(at_head("params.yaml"))


def table(name):
    """Return a benchmark's table at HEAD."""
    return pd.read_csv(io.StringIO(at_head(f"benchmarks/{name}.csv")), keep_default_na=False)
