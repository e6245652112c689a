"""Images are read to the end, each once, although a worker is killed and the whole is stopped."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from helpers import ROOT
from mnist.core import files, runs
from mnist.models import weights

reason = "it is in the environment that 'make search' makes"
pytest.importorskip("ray", reason=reason)

import pyarrow.parquet as pq  # noqa: E402

pytestmark = pytest.mark.slow
SCRIPT = str(ROOT / "pipelines" / "cluster" / "score.py")
COUNT = 1600  # images: four chunks


@pytest.fixture(scope="module")
def project(digits, tmp_path_factory):
    """Return a project with a small trained model and a folder of images."""
    folder = tmp_path_factory.mktemp("score")
    arguments = {"classes": 10, "widths": [4, 4, 8, 16], "dropout": 0.0}
    made = weights.Configuration("cnn", arguments, 0.15, 0.3)
    state = weights.build(made, 0).state_dict()
    (folder / "data/models/cnn/0").mkdir(parents=True)
    weights.save(folder / runs.weights("cnn", 0), made, state)
    files.write_json(
        folder / "metrics/selection.json",
        {"cnn": {"unsure_below": 0.5, "validation_together": 0.9}},
    )
    sections = {"seeds": [0], "cnn": {}}
    (folder / "params.yaml").write_text(json.dumps(sections))
    (folder / "in").mkdir()
    for i in range(COUNT):
        image = digits[0][i % len(digits[0])]
        Image.fromarray(255 - np.pad(image, 4)).save(folder / f"in/{i:05d}.png")
    return folder


def begin(project, target):
    line = [sys.executable, "-B", SCRIPT, "in", target, "--workers", "2"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(line, cwd=project, **quiet)


def end(started):
    said, _ = started.communicate(timeout=500)
    assert started.returncode == 0, said
    return said


def parts(folder):
    return sorted(path.name for path in folder.glob("part-*"))


def sources(folder):
    return pq.read_table(str(folder)).column("source").to_pylist()


def workers(session):
    """Return the processes of Ray that hold networks."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                if "ray::MapWorker" in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def test_a_worker_that_is_killed_costs_no_image_and_doubles_none(project):
    before = set(workers(project))
    started = begin(project, "killed")
    while not parts(project / "killed") and started.poll() is None:
        time.sleep(0.02)
    for pid in set(workers(project)) - before:
        os.kill(pid, signal.SIGKILL)
        break
    said = end(started)
    assert "4 of 4 chunks" in said
    found = sources(project / "killed")
    assert len(set(found)) == COUNT and len(found) >= COUNT


def test_a_run_that_is_stopped_goes_on_and_a_second_one_has_nothing_to_do(project):
    started = begin(project, "stopped")
    while not parts(project / "stopped") and started.poll() is None:
        time.sleep(0.02)
    started.kill()
    started.wait()
    folder = project / "stopped"
    first = {name: (folder / name).stat().st_mtime_ns for name in parts(folder)}
    assert first
    assert "4 of 4 chunks" in end(begin(project, "stopped"))
    for name, written in first.items():
        assert (folder / name).stat().st_mtime_ns == written
    assert sorted(set(sources(folder))) == [f"in/{i:05d}.png" for i in range(COUNT)]
    assert "4 of 4 chunks" in end(begin(project, "stopped"))
