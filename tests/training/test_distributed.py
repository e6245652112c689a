"""Several processes train one network together, each on its part of every batch."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from helpers import ROOT
from mnist.core import files, params
from mnist.core.errors import InputError
from mnist.training import device, distributed

# Trains as a stage's script does; as its own argument it takes the sections of params.yaml.
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from mnist.core import command
from mnist.models import ann
from mnist.training import job

def main():
    job.run(ann, **json.loads(sys.argv[2]))

command.params.read = lambda path=None: {}
sys.argv, arguments = sys.argv, sys.argv
try:
    main()
except (command.InputError, OSError) as error:
    sys.exit(f"train_ann: {error}")
except KeyboardInterrupt:
    sys.exit("train_ann: interrupted")
"""
SECTION = {"widths": [32], "dropout": 0.1, "epochs": 6, "batch_size": 64, "learning_rate": 0.01}
SECTION |= {"weight_decay": 0.01, "label_smoothing": 0.02, "averaging": 0.9}
AUGMENT = dict.fromkeys(["ones", "rotation", "shift", "scale", "shear", "elastic"], 0.1)
AUGMENT |= {"stroke": 0.1, "noise": 0.1}


@pytest.fixture
def project(digits, tmp_path):
    """Return a folder with scikit-learn's digits as preprocess leaves them, and the script."""
    images, labels = digits
    for part, chosen in (("train", slice(0, 1200)), ("validation", slice(1200, 1600))):
        arrays = {"images": images[chosen], "labels": labels[chosen].astype(np.uint8)}
        files.write_arrays(tmp_path / f"data/prepared/{part}.npz", **arrays)
    about = {"name": "small", "classes": list("0123456789"), "digits": True}
    files.write_json(tmp_path / "data/prepared/dataset.json", {**about, "mean": 0.15, "std": 0.3})
    (tmp_path / "train.py").write_text(SCRIPT)
    return tmp_path


def begin(project, processes, **changes):
    """Start the script with so many processes and return it."""
    compute = {"device": "cpu", "threads": 2, "deterministic": True, "processes": processes}
    given = {"seed": 0, "compute": compute, "augment": AUGMENT, "section": {**SECTION, **changes}}
    command = [sys.executable, "train.py", str(ROOT / "stages"), json.dumps(given)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=project, start_new_session=True, **quiet)


def end(started):
    """Return the exit code and what was printed."""
    out, err = started.communicate(timeout=300)
    return started.returncode, out, err


def left(project):
    """Return the bytes of what a run left."""
    folder = project / "data/models/ann/0"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def children(pid):
    """Return the processes that a process has started."""
    return [
        int(path.name)
        for path in map(type(ROOT), (f"/proc/{each}" for each in os.listdir("/proc")))
        if path.name.isdigit() and f"PPid:\t{pid}\n" in read(path / "status")
    ]


def read(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def test_alone_nothing_is_divided():
    chosen = torch.arange(5)
    assert distributed.size() == 1 and distributed.rank() == 0
    assert torch.equal(distributed.part(chosen), chosen)
    assert distributed.weight(chosen, chosen) == 1.0
    assert distributed.seed(7) == 7 and distributed.total(0.5) == 0.5
    model = torch.nn.Linear(2, 2)
    assert distributed.parallel(model) is model
    assert distributed.of_first(model) is model
    distributed.agree("key", "data")


def test_parts_weigh_what_they_hold(monkeypatch):
    chosen, found = torch.arange(5), []
    monkeypatch.setattr(distributed, "size", lambda: 2)
    for rank in range(2):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        mine = distributed.part(chosen)
        found.append((mine.tolist(), distributed.weight(mine, chosen), distributed.seed(7)))
    (first, w, a), (second, v, b) = found
    assert first + second == chosen.tolist() and a != b
    assert (w * np.mean(first) + v * np.mean(second)) / 2 == pytest.approx(2.0)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2; touch x", True, None])
def test_processes_are_a_whole_number(wrong):
    with pytest.raises(InputError, match=r"compute\.processes is"):
        table = {"compute": {"processes": device.ACCEPTED["processes"]}}
        params.check({"compute": {"processes": wrong}}, table)


def test_threads_are_shared_by_the_processes_of_a_machine(monkeypatch):
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    device.prepare(device="cpu", threads=4, deterministic=True, processes=2)
    assert torch.get_num_threads() == 2


@pytest.mark.slow
def test_two_processes_learn_and_leave_the_same_bytes_although_one_is_killed(project):
    code, out, err = end(begin(project, 2))
    assert (code, err) == (0, "")
    assert out.count("epoch 6/6") == 1  # the first process alone prints
    whole = left(project)
    history = read(project / "data/models/ann/0/history/plots/metrics/validation/accuracy.tsv")
    assert float(history.split()[-1]) > 0.8

    checkpoint = project / "data/checkpoints/ann-0.pt"
    started = begin(project, 2, epochs=SECTION["epochs"])
    while not checkpoint.exists():
        assert started.poll() is None, started.communicate()
        time.sleep(0.01)
    second = max(children(started.pid))
    os.kill(second, signal.SIGKILL)
    code, _, err = end(started)
    assert code != 0 and len(err.splitlines()) == 1, err
    assert "was ended by SIGKILL" in err and "goes on after the last whole epoch" in err
    assert left(project) == whole  # what an earlier run left stays until the next one ends
    code, out, _ = end(begin(project, 2))
    assert code == 0 and left(project) == whole
    assert "epoch 1/6" not in out  # it went on
    assert not list(project.glob("data/checkpoints/*.pt"))


@pytest.mark.slow
def test_under_torchrun_a_script_finds_itself_and_starts_nothing(project):
    compute = {"device": "cpu", "threads": 2, "deterministic": True}
    given = {"seed": 0, "augment": AUGMENT, "section": {**SECTION, "epochs": 1}}
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    found = []
    for processes in (1, 2):  # what compute.processes says does not count then
        settings = json.dumps({**given, "compute": {**compute, "processes": processes}})
        script = ["--nproc-per-node=2", "train.py", str(ROOT / "stages"), settings]
        done = subprocess.run(
            [*launcher, *script], cwd=project, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        found.append(left(project)["weights.pt"])
    assert found[0] == found[1]


@pytest.mark.slow
def test_what_goes_wrong_in_all_processes_is_said_once(project):
    code, _, err = end(begin(project, 2, learning_rate=1e38))
    assert code == 1
    assert err == "train_ann: the loss overflowed in epoch 1; lower learning_rate\n"
    assert not list(project.glob("data/models/ann/0/*"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_all_processes(project, number):
    started = begin(project, 2, epochs=5000)
    while not (project / "data/checkpoints/ann-0.pt").exists():
        assert started.poll() is None, started.communicate()
        time.sleep(0.01)
    below = children(started.pid)
    os.kill(started.pid, number)
    code, _, err = end(started)
    assert code != 0 and len(below) == 2
    assert not [pid for pid in below if os.path.exists(f"/proc/{pid}")]
    assert len(err.splitlines()) <= 1, err
