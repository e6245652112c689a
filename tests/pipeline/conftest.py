"""The real pipeline, run once on small digits, in a copy of the project, without any network."""

import shutil

import numpy as np
import pytest
from PIL import Image

from helpers import ROOT, run

SMALL = ROOT / "tests" / "params.yaml"


def commit(project, message):
    run("git", "add", "-A", cwd=project)
    run("git", "commit", "-q", "--allow-empty", "-m", message, cwd=project)


@pytest.fixture(scope="session")
def project(copy):
    """Return a clone whose pipeline has run with the small parameters, and is committed."""
    shutil.copy(SMALL, copy / "params.yaml")
    (copy / "dvc.lock").unlink(missing_ok=True)
    commit(copy, "Take the small digits")
    run("dvc", "repro", cwd=copy, MNIST_MIRROR="/nowhere")
    commit(copy, "Run")
    return copy


@pytest.fixture
def unchanged(project):
    """Return the project, and put it back to what is committed afterwards."""
    head = run("git", "rev-parse", "HEAD", cwd=project).strip()
    yield project
    for folder in ("metrics", "plots"):  # git may take what was rewritten within a second as it is
        shutil.rmtree(project / folder)
    run("git", "reset", "-q", "--hard", head, cwd=project)
    run("git", "clean", "-qfd", cwd=project)
    run("git", "clean", "-qfdX", "data/custom", cwd=project)
    run("dvc", "checkout", "-q", "--force", cwd=project)


@pytest.fixture
def apart(project, tmp_path):
    """Return a copy of the project, cache and all, for changes to its code."""
    return shutil.copytree(project, tmp_path / "apart", symlinks=True)


@pytest.fixture
def photo(digits, tmp_path):
    """Return the path of a drawing of a digit, dark on white."""
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"
