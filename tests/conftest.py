"""What several tests need: small digits, a written five, a clean copy of the project."""

import os
import shutil
import sys

import numpy as np
import pytest

from helpers import ROOT, run

os.environ["no_proxy"] = "*"  # the tests' servers are on this machine
PIPELINE = "tests/pipeline/"
# Of it, files whose tests of the project are all slow: they are worth a project of their own.
SLOW = {f"{PIPELINE}test_{name}.py" for name in ("contributing", "queue", "third_model")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give whole files to a process, and to one those of tests/pipeline, which share a project.

    As --dist=loadgroup should, github.com/pytest-dev/pytest-xdist/issues/1386.
    """
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # by number of tests, which says little of their time

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            if file in SLOW:
                return f"{PIPELINE}slow"
            return PIPELINE if file.startswith(PIPELINE) else file

    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """Where there are several processes, begin with tests/pipeline, which takes one the longest."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: not item.nodeid.startswith(PIPELINE))


@pytest.fixture(autouse=True, scope="module")
def torch_as_before():
    """Put torch's settings back after a file of tests, or a thread per core."""
    torch = sys.modules.get("torch")
    threads = torch.get_num_threads() if torch else None
    exact = torch.are_deterministic_algorithms_enabled() if torch else False
    yield
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(threads or os.cpu_count())
        torch.use_deterministic_algorithms(exact)


@pytest.fixture(scope="session")
def digits():
    """Return images, uint8 (1797, 28, 28), and labels, int64 (1797,): real digits, no network."""
    from mnist.data import datasets, idx

    found = datasets.optdigits()
    halves = [
        (
            idx.decode(found[f"{half}-images-idx3-ubyte"], 3, half),
            idx.decode(found[f"{half}-labels-idx1-ubyte"], 1, half).astype(np.int64),
        )
        for half in ("train", "t10k")
    ]
    return tuple(np.concatenate(parts) for parts in zip(*halves, strict=True))


@pytest.fixture(scope="session")
def five(digits):
    """Return one real digit, as normalised from a plain photo, and that photo's ink."""
    from drawing import photographed, written
    from mnist.photos import normalisation

    images, labels = digits
    page = written([images[labels == 5][3]])
    return normalisation.digit(photographed(page) / 255), page


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
