"""The examples in CONTRIBUTING.md, as they stand there, in a copy of the project."""

import csv
import hashlib
import json
import re

import numpy as np
import pytest
import yaml

from helpers import ROOT, examples, run, trained
from mnist.data import idx

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def changed(project, diff):
    """Make the changes of a diff without line numbers: lines with - give way to those with +."""
    for part in diff.strip().split("\n\n"):
        lines = part.splitlines()
        if lines[0][0] not in "+-":
            path = project / lines.pop(0)
        old, new = ("".join(f"{x[1:]}\n" for x in lines if x[0] == sign) for sign in "-+")
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")


def structure(project):
    """Run the tests of a clone that hold dvc.yaml and the handbook against the code."""
    files = (f"tests/pipeline/test_{name}.py" for name in ("structure", "rooms", "accepted"))
    return run("python", "-m", "pytest", "-q", *files, cwd=project)


def test_the_rules_name_files_that_there_are():
    names = re.findall(r"`(tests/[\w/.]+|core/\w+\.py|stages/mnist/data/\w+\.py)`", PAGE)
    assert len(names) > 5
    for name in names:
        assert (ROOT / name).exists() or (ROOT / "stages/mnist" / name).exists(), name


@pytest.mark.slow
def test_a_parameter_is_added_as_the_example_says(apart):
    (diff,) = examples("Add a parameter")
    changed(apart, diff)
    structure(apart)
    assert trained(run("dvc", "repro", cwd=apart)) == ["train_cnn@0"]
    assert trained(run("dvc", "exp", "run", "-S", "cnn.slope=0.1", cwd=apart)) == ["train_cnn@0"]
    said = run("dvc", "exp", "run", "-S", "cnn.slope=1.5", cwd=apart, ok=False)
    assert "cnn.slope is 1.5, expected a number from 0 to below 1" in said


@pytest.mark.slow
def test_a_stage_is_added_as_the_example_says(apart):
    script, stage = examples("Add a stage")
    (apart / "stages/ink.py").write_text(script, encoding="utf-8")
    path = apart / "dvc.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  evaluate:\n", f"{stage}\n  evaluate:\n", 1), encoding="utf-8")
    run("git", "add", "-A", cwd=apart)
    structure(apart)
    run("dvc", "repro", "ink", cwd=apart)
    rows = list(csv.DictReader((apart / "metrics/ink.csv").open()))
    assert [row["class"] for row in rows] == list("0123456789")
    assert all(0 < float(row["ink"]) < 255 for row in rows)


def small(seed):
    """Return images and labels, two hundred of ten classes, as bytes of IDX files."""
    images = np.random.default_rng(seed).integers(0, 256, (200, 28, 28), np.uint8)
    return idx.encode(images), idx.encode(np.arange(200, dtype=np.uint8) % 10)


@pytest.mark.slow
def test_a_data_set_is_added_as_the_example_says(apart, tmp_path):
    (value,) = examples("Add a data set")
    for seed, part in enumerate(("train", "t10k")):
        for name, content in zip(("images-idx3", "labels-idx1"), small(seed), strict=True):
            (tmp_path / f"{part}-{name}-ubyte").write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            value = value.replace("SHA-256", digest, 1)
    path = apart / "stages/mnist/data/datasets.py"
    text = path.read_text(encoding="utf-8")
    place = "\n\ndef optdigits()"
    path.write_text(text.replace(place, f"\n{value}{place}", 1), encoding="utf-8")
    params = yaml.safe_load((apart / "params.yaml").read_text())
    params["fetch"]["dataset"] = "mine"
    (apart / "params.yaml").write_text(yaml.safe_dump(params))
    run("dvc", "repro", "preprocess", cwd=apart, MINE_MIRROR=str(tmp_path))
    about = json.loads((apart / "data/prepared/dataset.json").read_text())
    assert about["name"] == "mine"
    assert json.loads((apart / "metrics/data.json").read_text())["test"]["images"] == 200
