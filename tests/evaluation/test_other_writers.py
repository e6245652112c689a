"""Digits by other writers: what could not be had is never zero, and people are not images."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch import nn

from mnist.core import files
from mnist.core.errors import InputError
from mnist.data import accepted, cleaning
from mnist.data.prepared import PreparedDataset
from mnist.evaluation import other_writers, statistics
from mnist.evaluation.other_writers import ExternalSet
from mnist.photos import folders
from mnist.photos.folders import LabelledImages


class Says(nn.Module):
    """Says one digit of every image."""

    def __init__(self, digit):
        super().__init__()
        self.digit = digit

    def forward(self, images):
        return torch.eye(10)[[self.digit] * len(images)]


MNIST = PreparedDataset("mnist", [*"0123456789"], True, 0.13, 0.31)
OPTDIGITS = replace(MNIST, name="optdigits")
NETWORKS = {"ann": [Says(3), Says(4)], "cnn": [Says(3)]}


@pytest.fixture
def nothing_fetched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write_json("data/others/sets.json", {"usps": False, "qmnist": False, "clothes": False})


@pytest.fixture
def ten(digits, monkeypatch):
    """Take the normalising of 1,797 digits as done: their first ten, of which one is a three."""
    found = ExternalSet("UCI digits", digits[0][:10], np.arange(10), np.zeros(10, bool), None)
    monkeypatch.setattr(other_writers, "uci_digits", lambda: found)


def by(writers, labels, digits, rejected=None):
    n = len(labels)
    rejected = np.zeros(n, bool) if rejected is None else np.array(rejected)
    return ExternalSet("own", digits[0][:n], np.array(labels), rejected, np.array([*writers]))


@pytest.mark.parametrize("n", [100, pytest.param(1797, marks=pytest.mark.slow)])
def test_uci_digits_look_like_mnist_s(n, monkeypatch):
    monkeypatch.setattr(
        other_writers, "load_digits", lambda **of: [each[:n] for each in load_digits(**of)]
    )
    found = other_writers.uci_digits()
    assert found.images.shape == (n, 28, 28) and np.bincount(found.labels).min() >= 0.08 * n
    assert found.images[:, 4:-4, 4:-4].sum() > 0.95 * found.images.sum()
    assert not found.rejected.any() and found.writers is None


@pytest.mark.parametrize("models", [["a"], ["b", "a"], ["c", "a", "b"]])
def test_what_could_not_be_had_is_not_measured_and_never_zero(models, nothing_fetched, ten):
    table = other_writers.measure({name: [Says(3)] for name in models}, {}, 40, MNIST)
    assert tuple(table) == other_writers.COLUMNS
    sets = ("UCI digits", "USPS", "QMNIST")
    assert table[["set", "model"]].to_numpy().tolist() == [[s, m] for s in sets for m in models]
    absent = table[table["set"] != "UCI digits"]
    assert set(absent["status"]) == {"not measured"}
    assert absent.loc[:, "images":].isna().all(axis=None)


def test_what_could_be_had_is_sampled_and_normalised(tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    files.write_json("data/others/sets.json", {"usps": True, "qmnist": True, "clothes": True})
    images, labels = digits[0][:200], digits[1][:200].astype(np.uint8)
    small = images[:30, 6:22, 6:22]
    files.write_arrays("data/others/usps.npz", images=small, labels=labels[:30])
    writers = np.arange(200, dtype=np.int32) // 20
    files.write_arrays("data/others/qmnist.npz", images=images, labels=labels, writers=writers)
    usps, qmnist = other_writers.published(40).values()
    assert usps.images.shape == (30, 28, 28) and not usps.rejected.any() and usps.writers is None
    chosen = cleaning.sample(labels, 40)
    assert len(qmnist.images) == 40 and not qmnist.rejected.any()
    assert (qmnist.images == images[chosen]).all() and (qmnist.writers == writers[chosen]).all()


def test_accuracy_is_of_all_over_people_and_of_each(digits):
    own = by("bbbba", [3, 3, 3, 4, 4], digits, rejected=[True, False, False, False, False])
    rows = other_writers.rows(NETWORKS, own, each_writer=True)
    assert [(row["model"], row["person"]) for row in rows] == [
        *(("ann", person) for person in ("", "a", "b")),
        *(("cnn", person) for person in ("", "a", "b")),
    ]
    everyone, a, b = rows[3:]
    assert everyone["accuracy"] == 0.4 and everyone["images"] == 5 and everyone["refused"] == 1
    assert everyone["people"] == 2 and everyone["accuracy_over_people"] == 0.25
    assert (a["accuracy"], b["accuracy"], b["refused"], a["refused"]) == (0, 0.5, 1, 0)
    assert everyone["together"] == 0.4 and b["together"] == 0.5
    assert everyone["low"] < 0.4 < everyone["high"] and a["low"] == 0 and a["high"] > 0.5
    assert rows[0]["accuracy"] == 0.4  # the mean of 0.4 and 0.4: one 3 was rejected
    assert len(other_writers.rows(NETWORKS, own)) == 2


def test_the_interval_of_known_writers_is_over_writers_and_of_one_person_over_images(digits):
    labels, writers = [3] * 20 + [4] * 20, ["a"] * 20 + ["b"] * 20
    everyone, a, _ = other_writers.rows(
        {"cnn": [Says(3)]}, by(writers, labels, digits), each_writer=True
    )
    assert (everyone["low"], everyone["high"]) == (0, 1)  # of two, one is read and one is not
    assert (a["low"], a["high"]) == statistics.wilson(20, 20)
    unknown = ExternalSet("own", digits[0][:40], np.array(labels), np.zeros(40, bool), None)
    (row,) = other_writers.rows({"cnn": [Says(3)]}, unknown, each_writer=True)
    assert (row["low"], row["high"]) == statistics.wilson(20, 40)
    assert "people" not in row


def test_own_digits_follow_the_published_ones_by_the_name_of_their_folder(
    nothing_fetched, ten, digits
):
    readers = [lambda x=x: x / 255 for x in digits[0][:4]]
    own = LabelledImages(readers, np.array([3, 3, 4, 4]), np.array(["a", "a", "b", "b"]))
    table = other_writers.measure({"cnn": [Says(3)]}, {"../mine": own}, 40, MNIST)
    mine = table[table["set"] == "../mine"]
    assert mine["person"].tolist() == ["", "a", "b"] and mine["accuracy"].tolist() == [0.5, 1, 0]
    assert table["set"].tolist()[-1] == "../mine"


def test_an_image_without_a_digit_counts_as_an_error(nothing_fetched, ten, digits):
    def missing():
        raise InputError("no image")

    readers = [missing, lambda: digits[0][0] / 255, lambda: np.full((50, 50), 0.7)]
    own = LabelledImages(readers, np.array([3, 3, 3]), None)
    table = other_writers.measure({"cnn": [Says(3)]}, {"mine": own}, 40, MNIST)
    row = table[table["set"] == "mine"].iloc[0]
    assert row["refused"] == 2 and row["accuracy"] == row["together"] == pytest.approx(1 / 3)


def test_a_mistake_in_reading_an_image_keeps_its_traceback(nothing_fetched, ten):
    own = LabelledImages([lambda: 1 / 0], np.array([3]), None)
    with pytest.raises(ZeroDivisionError):
        other_writers.measure({"cnn": [Says(3)]}, {"mine": own}, 40, MNIST)


def test_what_fetch_others_left_damaged_is_an_error_in_a_line(nothing_fetched):
    files.write_json("data/others/sets.json", {"usps": True, "qmnist": False})
    files.write("data/others/usps.npz", b"no archive")
    with pytest.raises(InputError, match=r"usps\.npz is not what belongs there"):
        other_writers.published(40)


def test_the_summary_is_of_scikit_learn_s_digits_whatever_people_call_theirs(
    nothing_fetched, ten, digits
):
    own = LabelledImages([lambda: digits[0][0] / 255], np.array([3]), None)
    table = other_writers.measure(NETWORKS, {"UCI digits": own}, 40, MNIST)
    found = other_writers.summary(table, list(NETWORKS))
    low, high = statistics.wilson(1, 10)
    expected = {"uci_accuracy": 0.1, "uci_low": low, "uci_high": high}
    assert list(found.index) == ["ann", "cnn"]
    assert all(row == pytest.approx(expected) for row in found.to_dict("records"))


def test_without_digits_the_summary_has_no_number_and_the_table_is_a_header(nothing_fetched):
    clothes = replace(MNIST, name="fashion_mnist", digits=False)
    table = other_writers.measure(NETWORKS, {}, 40, clothes)
    assert tuple(table) == other_writers.COLUMNS and table.empty
    found = other_writers.summary(table, list(NETWORKS))
    assert found.shape == (2, 3) and found.isna().all(axis=None)


def test_the_digits_that_networks_learnt_are_not_by_other_writers(nothing_fetched, ten, digits):
    own = LabelledImages([lambda: digits[0][0] / 255], np.array([3]), None)
    table = other_writers.measure(NETWORKS, {"UCI digits": own}, 40, OPTDIGITS)
    assert table["set"].tolist() == ["USPS", "USPS", "QMNIST", "QMNIST", "UCI digits", "UCI digits"]
    found = other_writers.summary(table, list(NETWORKS))
    assert list(found.index) == ["ann", "cnn"] and found.isna().all(axis=None)


def test_a_folder_is_accepted_as_others_once():
    others = accepted.GENERALIZE["others"]
    assert others.holds([]) and others.holds(["a", "b"])
    assert not others.holds(["a", "a"]) and not others.holds("a") and not others.holds([7])


def test_a_folder_of_drawings_is_measured(nothing_fetched, ten, tmp_path, digits):
    (tmp_path / "mine").mkdir()
    for i, (image, label) in enumerate(zip(digits[0][:10], digits[1][:10], strict=True)):
        Image.fromarray(255 - image).save(tmp_path / "mine" / f"{label}_{i}.png")
    table = other_writers.measure(
        {"cnn": [Says(3)]}, {"mine": folders.read(tmp_path / "mine")}, 40, MNIST
    )
    row = table[table["set"] == "mine"].iloc[0]
    assert row["images"] == 10 and row["refused"] == 0
    assert row["accuracy"] == (digits[1][:10] == 3).mean()
