import json

import numpy as np
import pytest

import preprocess
from mnist.core import files
from mnist.data import datasets, idx, prepared

SPLIT = {"validation": 0.1, "seed": 0}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a function that prepares the small digits under a data set's name, in a folder."""

    def prepare(name, monkeypatch):
        folder = tmp_path_factory.mktemp(name)
        monkeypatch.chdir(folder)
        for file, data in datasets.optdigits().items():
            files.write(f"data/raw/{file}", data)
        preprocess.main({"dataset": name}, SPLIT)
        return folder

    return prepare


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_what_the_images_are_of_is_written_with_them(name, made, monkeypatch):
    folder = made(name, monkeypatch)
    described = prepared.dataset()
    assert described.name == name
    assert described.classes == list(datasets.DATASETS[name].classes)
    assert described.digits == datasets.DATASETS[name].digits
    images = prepared.load("train")[0] / 255
    assert described.mean == pytest.approx(images.mean())
    assert described.std == pytest.approx(images.std())
    written = {path.name for path in (folder / "data" / "prepared").iterdir()}
    assert written == {"train.npz", "validation.npz", "test.npz", "dataset.json"}


def test_the_parts_are_divided_cleaned_and_described(made, monkeypatch):
    folder = made("optdigits", monkeypatch)
    sizes = {part: len(prepared.load(part)[1]) for part in ("train", "validation", "test")}
    report = json.loads((folder / "metrics" / "data.json").read_text())
    assert {part: report[part]["images"] for part in sizes} == sizes
    assert sizes["train"] + sizes["validation"] + report["dropped_from_train"] == 1497
    raw, labels = idx.read_pair("data/raw", "t10k")
    assert np.array_equal(prepared.load("test")[0], raw)
    assert np.array_equal(prepared.load("test")[1], labels)
    assert report["mean"] == round(prepared.dataset().mean, 4)
