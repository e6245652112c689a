import sys
import types

import numpy as np
import pytest
import torch

from mnist.core import files, runs
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.models import ann, cnn, weights
from mnist.training import checkpoints, job, loop

COMPUTE = {"device": "cpu", "threads": 1, "deterministic": True, "processes": 1}
AUGMENT = dict.fromkeys(["ones", "rotation", "shift", "scale", "shear", "elastic"], 0.1)
AUGMENT |= {"stroke": 0.1, "noise": 0.1}
RECIPE = {"epochs": 2, "batch_size": 64, "learning_rate": 0.01, "weight_decay": 0.01}
RECIPE |= {"label_smoothing": 0.02, "averaging": 0.9}
SECTION = {"widths": [16], "dropout": 0.1, **RECIPE}


@pytest.fixture
def project(digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images, labels = digits
    for part, chosen in (("train", slice(0, 300)), ("validation", slice(300, 400))):
        arrays = {"images": images[chosen], "labels": labels[chosen].astype(np.uint8)}
        files.write_arrays(prepared.path(part), **arrays)
    describe(True)
    return tmp_path


def describe(digits):
    content = {"name": "small", "classes": list("0123456789"), "digits": digits}
    files.write_json(prepared.DATASET, {**content, "mean": 0.15, "std": 0.3})


def start(**changes):
    job.run(ann, 0, COMPUTE, AUGMENT, {**SECTION, **changes})


def test_a_run_leaves_weights_history_and_predictions(project):
    start()
    assert sorted(path.name for path in runs.folder("ann", 0).iterdir()) == [
        "history",
        "predictions.npz",
        "weights.pt",
    ]
    assert weights.load(runs.weights("ann", 0), "ann")
    assert files.read_arrays(runs.folder("ann", 0) / "predictions.npz")["train"].shape == (300, 10)
    assert runs.history("ann", [0])["epoch"].tolist() == [1, 2]
    assert len(runs.timed("ann", [0])[0]) == 2
    assert [path.name for path in (project / "data/checkpoints").iterdir()] == ["ann-0.lock"]


@pytest.mark.parametrize(
    "problem",
    [
        lambda m: (
            m.setitem(COMPUTE, "device", "cuda"),
            m.setattr(torch.cuda, "is_available", lambda: False),
        ),
        lambda m: m.setitem(AUGMENT, "unknown", 1),
        lambda m: m.setitem(SECTION, "learning_rate", 1e38),
        lambda m: m.setattr(loop, "train", interrupted),
    ],
)
def test_a_run_that_fails_leaves_the_model_of_an_earlier_one(problem, project, monkeypatch):
    start()
    before = {p: p.read_bytes() for p in runs.folder("ann", 0).rglob("*") if p.is_file()}
    problem(monkeypatch)
    with pytest.raises((InputError, TypeError, KeyboardInterrupt)):
        start(averaging=0.0)
    after = {p: p.read_bytes() for p in runs.folder("ann", 0).rglob("*") if p.is_file()}
    assert after == before
    assert not [path for path in project.glob("data/checkpoints/*") if path.is_dir()]


def interrupted(*_, **__):
    raise KeyboardInterrupt


def test_batches_of_which_a_process_would_get_one_image_are_refused(project, monkeypatch):
    monkeypatch.setattr(job.distributed, "size", lambda: 13)
    monkeypatch.setattr(job.distributed, "agree", lambda *_: None)
    with pytest.raises(InputError, match=r"ann\.batch_size is too small for 300 images and 13"):
        start(batch_size=25)  # which makes 12 batches of 25


def test_the_section_of_a_model_is_divided_by_signatures():
    arguments, recipe = job.divided(cnn, SECTION)
    assert arguments == {"widths": [16], "dropout": 0.1} and recipe == RECIPE
    tables = job.tables(cnn)
    assert tables["cnn"] == {**cnn.ACCEPTED, **loop.ACCEPTED}
    assert tables.keys() == {"cnn", "augment", "compute"}
    assert not cnn.ACCEPTED.keys() & loop.ACCEPTED.keys()


def test_what_only_digits_have_is_skipped_with_a_word_where_there_are_none(project, capsys):
    describe(False)
    start()
    assert "augment.ones skipped: small has no digits" in capsys.readouterr().out
    without = runs.weights("ann", 0).read_bytes()
    job.run(ann, 0, COMPUTE, {**AUGMENT, "ones": 0}, SECTION)
    assert "skipped" not in capsys.readouterr().out
    assert runs.weights("ann", 0).read_bytes() == without


def test_a_checkpoint_belongs_to_the_code_of_training_and_to_no_other(
    project, tmp_path, monkeypatch
):
    keys = []
    monkeypatch.setattr(checkpoints, "load", lambda path, key: keys.append(key))
    start()
    other = types.SimpleNamespace(__file__=str(tmp_path / "edited"))
    monkeypatch.setitem(sys.modules, "mnist.imported_by_chance", other)
    monkeypatch.setattr(cnn, "__file__", str(tmp_path / "edited"))
    start()
    (tmp_path / "edited.py").write_text("edited")
    monkeypatch.setattr(loop, "__file__", str(tmp_path / "edited.py"))
    start()
    assert keys[0] == keys[1] != keys[2]
