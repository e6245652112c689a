"""Images are read to the end, each once, although a worker is killed and the whole is stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import measuring
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
    here = {key: value for key, value in os.environ.items() if key != "RAY_ADDRESS"}
    return subprocess.Popen(line, cwd=project, env=here, **quiet)


def end(started):
    said, _ = started.communicate(timeout=500)
    assert started.returncode == 0, said
    return said


def parts(folder):
    return sorted(path.name for path in folder.glob("part-*"))


def sources(folder):
    return pq.read_table(str(folder)).column("source").to_pylist()


def workers(started):
    """Return the processes of Ray that hold networks, of those that a command has started."""
    found = []
    for pid in measuring.family(started.pid):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_text()
            found += [pid] if "ray::MapWorker" in line else []
    return found


def test_a_worker_that_is_killed_costs_no_image_and_doubles_none(project):
    started = begin(project, "killed")
    while not parts(project / "killed") and started.poll() is None:
        time.sleep(0.02)
    os.kill(workers(started)[0], signal.SIGKILL)
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
    said = end(begin(project, "stopped"))
    assert "4 of 4 chunks" in said and len(said.splitlines()) == 1, said
    for name, written in first.items():
        assert (folder / name).stat().st_mtime_ns == written
    assert sorted(set(sources(folder))) == [f"in/{i:05d}.png" for i in range(COUNT)]
    assert "4 of 4 chunks" in end(begin(project, "stopped"))


def test_the_answers_are_those_of_predict(project):
    end(begin(project, "answers"))
    found = pq.read_table(str(project / "answers")).to_pylist()[:100]
    line = [sys.executable, str(ROOT / "stages/predict.py"), "--json"]
    asked = [*line, *dict.fromkeys(row["source"] for row in found)]
    done = subprocess.run(asked, cwd=project, capture_output=True, text=True)
    said = {(row["file"], row["place"]): row for row in json.loads(done.stdout)}
    for row in found:
        other = said[row["source"], row["place"]]
        assert (row["digit"], row["runner_up"]) == (other["cnn"], other["cnn_runner_up"])
        assert row["probability"] == pytest.approx(other["cnn_probability"], abs=1e-4)
        assert row["sure"] == other["cnn_sure"]


@pytest.fixture
def full():
    """Return a folder with a few free kilobytes."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", folder]
        try:
            subprocess.run(mounted, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("no file system can be mounted here")
        yield folder
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_one_line_and_what_was_done_stays(project, full):
    started = begin(project, f"{full}/out")
    said, _ = started.communicate(timeout=500)
    assert started.returncode == 1
    (line,) = [each for each in said.splitlines() if "score:" in each]
    assert "No space left on device" in line and "give the same again" in line, said
    assert "Traceback" not in said, said
