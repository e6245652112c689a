from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import yaml

import scale
from helpers import ROOT
from mnist.core import files, params
from mnist.data import prepared


@pytest.fixture
def project(tmp_path, monkeypatch, digits):
    """Return a project with few images and small networks."""
    monkeypatch.chdir(tmp_path)
    images, labels = digits
    files.write_arrays(prepared.path("train"), images=images, labels=labels)
    about = prepared.PreparedDataset("mnist", list("0123456789"), True, 0.13, 0.31)
    files.write_json(prepared.DATASET, asdict(about))
    settings = params.read(ROOT / "tests" / "params.yaml")
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    return settings


def test_images_are_repeated_anew_and_an_epoch_learns_from_the_file(project, tmp_path, digits):
    count = 2 * len(digits[0]) + 5
    scale.write(tmp_path, count, project["augment"])
    images = np.load(tmp_path / f"{count}.npy", mmap_mode="r")
    assert images.shape == (count, 28, 28) and images.dtype == np.uint8 and images[-1].any()
    assert (images[: len(digits[0])] != images[len(digits[0]) : 2 * len(digits[0])]).any()
    labels = np.load(tmp_path / f"{count}-labels.npy")
    assert labels[-1] == digits[1][4]
    scale.epoch("cnn", str(tmp_path / f"{count}.npy"))
    assert files.read_json(tmp_path / "seconds.json") > 0
