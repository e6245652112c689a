"""An interrupted training goes on and ends in the same bytes."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from helpers import ROOT
from mnist.core import files
from mnist.core.errors import InputError
from mnist.training import checkpoints

CONTENT = {"measured": [{}], "seconds": [0.1], "weights": torch.arange(5.0), "snapshot": None}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return checkpoints.path("ann", 0)


def test_what_is_saved_is_loaded_under_the_same_key_alone(path, capsys):
    assert checkpoints.load(path, "a" * 64) is None
    assert capsys.readouterr().out == ""
    checkpoints.save(path, "a" * 64, CONTENT)
    found = checkpoints.load(path, "a" * 64)
    assert found["seconds"] == [0.1] and torch.equal(found["weights"], torch.arange(5.0))
    assert checkpoints.load(path, "b" * 64) is None
    assert "other code, parameters or data; training starts over" in capsys.readouterr().out


@pytest.mark.parametrize("content", [[], {"weights": {}}, {**CONTENT, "more": 1}, 7])
def test_one_of_other_content_ends_in_a_line(content, path, capsys):
    checkpoints.save(path, "a" * 64, content)
    assert checkpoints.load(path, "a" * 64) is None
    assert "other content than a checkpoint; training starts over" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "text"])
def test_a_damaged_one_ends_in_a_line(damage, path, capsys):
    checkpoints.save(path, "a" * 64, CONTENT)
    saved = bytearray(path.read_bytes())
    saved[len(saved) // 2] ^= 1
    whole = path.read_bytes()
    damaged = {"flip": saved, "cut": whole[:-9], "empty": b"", "text": b"text"}
    path.write_bytes(damaged[damage])
    assert checkpoints.load(path, "a" * 64) is None
    printed = capsys.readouterr().out
    assert "ann-0.pt is damaged; training starts over" in printed and printed.count("\n") == 1


def test_the_key_depends_on_the_settings_and_on_the_content_of_the_files(tmp_path):
    (tmp_path / "data").write_bytes(b"1")
    keys = [checkpoints.key([{"dropout": 0.1}], [tmp_path / "data"])]
    keys.append(checkpoints.key([{"dropout": 0.2}], [tmp_path / "data"]))
    (tmp_path / "data").write_bytes(b"2")
    keys.append(checkpoints.key([{"dropout": 0.1}], [tmp_path / "data"]))
    assert len(set(keys)) == 3
    assert checkpoints.key([{"dropout": 0.1}], [tmp_path / "data"]) == keys[2]


def test_only_one_process_trains_a_run_and_what_a_kill_cut_short_is_removed(path):
    with checkpoints.alone(path):
        rejected = pytest.raises(InputError, match="another process is training ann-0")
        with rejected, checkpoints.alone(path):
            pass
        with checkpoints.alone(checkpoints.path("ann", 1)):
            pass
        (path.parent / ".ann-0.pt.123").write_bytes(b"half")
    with checkpoints.alone(path):
        assert not list(path.parent.glob(".ann*"))


# Forks one process per attempt, so that torch is imported once; kills ten of them with SIGKILL
# while they train, then removes the output as DVC does. Prints what each finished run left.
DRIVER = """
import hashlib, json, os, random, shutil, signal, sys, time
from pathlib import Path
from mnist.models import ann
from mnist.training import job

arguments = json.load(sys.stdin)

def start():
    if child := os.fork():
        return child
    os.dup2(2, 1)
    job.run(ann, **arguments)
    os._exit(0)

def left():
    found = sorted(path for path in Path("data/models").rglob("*") if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest()
    kept = Path("data/checkpoints")
    halves = [*kept.glob("*.pt"), *kept.glob(".ann-0*"), *filter(Path.is_dir, kept.iterdir())]
    shutil.rmtree("data/models/ann/0")
    return len(found), digest, len(halves)

began = time.monotonic()
assert os.waitpid(start(), 0)[1] == 0
whole, kills, finished, resumed = time.monotonic() - began, 0, [left()], 0
while kills < 10 or resumed < 4 or len(finished) < 2:
    child = start()
    if kills < 10 or resumed < 4:  # a kill before the first epoch ends leaves nothing to go on from
        time.sleep(random.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
    resumed += Path("data/checkpoints/ann-0.pt").exists()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        kills += 1
        shutil.rmtree("data/models/ann/0", ignore_errors=True)
    else:
        assert status == 0, "a run that went on has failed"
        finished.append(left())
print(json.dumps([kills, resumed, finished]))
"""


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_no_byte(digits, tmp_path):
    images, labels = digits
    parts = {"train": slice(0, 1000), "validation": slice(1000, 1300)}
    for part, chosen in parts.items():
        arrays = {"images": images[chosen], "labels": labels[chosen].astype(np.uint8)}
        files.write_arrays(tmp_path / f"data/prepared/{part}.npz", **arrays)
    described = {"name": "small", "classes": list("0123456789"), "digits": True}
    described |= {"mean": 0.15, "std": 0.3}
    files.write_json(tmp_path / "data/prepared/dataset.json", described)
    arguments = {
        "seed": 0,
        "compute": {"device": "cpu", "threads": 1, "deterministic": True, "processes": 1},
        "augment": dict.fromkeys(["rotation", "shift", "elastic"], 1.0)
        | dict.fromkeys(["ones", "scale", "shear", "stroke", "noise"], 0.1),
        "section": {"widths": [64, 64], "dropout": 0.1, "epochs": 20, "batch_size": 64}
        | {"learning_rate": 0.01, "weight_decay": 0.01, "label_smoothing": 0.02}
        | {"averaging": 0.99},
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "stages"), "PATH": ""},
        input=json.dumps(arguments),
        text=True,
        capture_output=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr
    kills, resumed, finished = json.loads(done.stdout)
    assert kills >= 10 and resumed > 3
    assert finished[0][0] > 5 and finished[0][2] == 0
    assert all(run == finished[0] for run in finished)
