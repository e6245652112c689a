"""People's own digits are read or refused in a line; what could not be had is never zero."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from mnist import files, hands, robustness
from mnist.errors import Refused


class Says(nn.Module):
    """Says one digit of every image."""

    def __init__(self, digit):
        super().__init__()
        self.digit = digit

    def forward(self, images):
        return torch.eye(10)[[self.digit] * len(images)]


@pytest.fixture
def drawn(tmp_path, digits):
    """Return a folder with ten drawings, named after their digits."""
    folder = tmp_path / "drawn"
    folder.mkdir()
    for image, label in zip(digits[0][:10], digits[1][:10], strict=True):
        name = f"{label}_{len(list(folder.iterdir()))}.png"
        Image.fromarray(255 - image).save(folder / name)
    return folder


def lists(folder, text):
    (folder / "labels.csv").write_text(text, encoding="utf-8")


def test_a_folder_s_names_say_what_is_right(drawn):
    (drawn / ".hidden").write_text("")
    readers, labels, people = hands.read(drawn)
    names = sorted(path.name for path in drawn.glob("*.png"))
    assert labels.tolist() == [int(name[0]) for name in names] and people is None
    images, refused = hands.prepared(readers)
    assert not refused.any() and (images.max((1, 2)) == 255).all()


@pytest.mark.parametrize("where", [".", "photos", "photos/named"])
def test_a_folder_s_table_says_what_is_right_and_who_wrote_it(where, tmp_path, drawn):
    names = sorted(path.name for path in drawn.iterdir())[:2]
    (tmp_path / "own" / "photos").mkdir(parents=True)
    inside = tmp_path / "own" / where.partition("/")[0]
    for name in names:
        (drawn / name).rename(inside / name)
    prefix = "photos/" if where == "photos/named" else ""
    rows = [f"{prefix}{name},{8 - i},{'ab'[i]}" for i, name in enumerate(names)]
    lists(tmp_path / "own", "\n".join(["file,label,author", *rows]))
    readers, labels, people = hands.read(tmp_path / "own")
    assert labels.tolist() == [8, 7] and people.tolist() == ["a", "b"]
    assert not hands.prepared(readers)[1].any()


def test_authors_may_be_unknown(drawn):
    lists(drawn, f"label,file\n3,{next(drawn.glob('*.png')).name}\n")
    readers, labels, people = hands.read(str(drawn))
    assert len(readers) == 1 and labels.tolist() == [3] and people is None


def test_what_cannot_be_read_is_counted_as_refused(drawn):
    (drawn / "0_text.png").write_text("no image")
    Image.new("L", (90, 90), 200).save(drawn / "0_white.png")
    images, refused = hands.prepared(hands.read(drawn)[0])
    assert refused.sum() == 2 and not images[refused].any()


LISTS = {
    "": "no table",
    "file,label\na,1,2\n": "no table of the columns file and label, comma-separated",
    "file,name\na,b\n": "has no column label, but file, name",
    "file;label\na;3\n": "has no column file, label, but file;label",
    "file,label\n": "lists no image",
    "file,label\nIT,3\nIT,4\n": "lists .* twice",
    f"file,label\n{'x' * 300}.png,3\n": "lists x*.png, which is not there",
    "file,label\nmissing.png,3\n": "lists missing.png, which is not there",
    "file,label\nIT,10\n": "the label '10', expected 0 to 9",
    "file,label\nIT,\n": "the label '', expected 0 to 9",
    "file,label,author\nIT,3,\n": "an image without author",
}


@pytest.mark.parametrize("text", LISTS)
def test_a_bad_table_is_refused_in_a_line(text, drawn):
    lists(drawn, text.replace("IT", next(drawn.glob("*.png")).name))
    with pytest.raises(Refused, match=LISTS[text]) as refusal:
        hands.read(drawn)
    assert str(drawn) in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["note.png", "42_note.png", "notes.txt"])
def test_a_name_without_its_digit_is_refused_by_name(name, drawn):
    (drawn / name).write_text("")
    with pytest.raises(Refused, match=f"{name}: name it after its digit, as 7_note.jpg"):
        hands.read(drawn)


def test_what_is_not_there_or_empty_or_no_archive_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.npz").write_text("no archive")
    np.save(tmp_path / "one.npy", np.zeros(3))
    np.savez(tmp_path / "objects.npz", x=np.array([None, {}]), y=np.arange(2))
    whole = tmp_path / "cut.npz"
    np.savez(whole, x=np.zeros((9, 9, 9)), y=np.zeros(9))
    whole.write_bytes(whole.read_bytes()[:-100])
    reasons = {"missing": "is not there", "empty": "has no images"}
    reasons |= dict.fromkeys(("text.npz", "one.npy", "objects.npz", "cut.npz"), "nor an .npz of ar")
    for name, reason in reasons.items():
        with pytest.raises(Refused, match=reason) as refusal:
            hands.read(str(tmp_path / name))
        assert str(refusal.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    ("names", "light_on_dark", "scale"),
    [
        (("x", "y"), False, np.uint8(1)),
        (("x_test", "y_test"), True, np.float32(1 / 255)),
        (("x_tes", "y_tes"), True, np.int16(-100)),
        (("images", "labels"), True, np.uint8(1)),
    ],
)
def test_an_archive_is_read_whatever_its_range_and_polarity(
    names, light_on_dark, scale, tmp_path, digits
):
    images, labels = digits[0][:5], digits[1][:5]
    expected = hands.prepared([lambda x=x: x / 255 for x in images])[0]
    x = (images if light_on_dark else 255 - images) * scale
    np.savez(tmp_path / "own.npz", **dict(zip(names, (x, labels), strict=True)))
    readers, found, people = hands.read(tmp_path / "own.npz")
    assert found.tolist() == labels.tolist() and people is None
    assert all(reader().min() >= 0 and reader().max() <= 1 for reader in readers)
    images, refused = hands.prepared(readers)
    assert not refused.any() and np.abs(images.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("key", ["writer", "author"])
def test_an_archive_knows_its_writers_and_true_sizes(key, tmp_path, digits):
    x = np.full((3, 40, 50), 255, np.uint8)
    x[:, :28, :28] = 255 - digits[0][:3]
    x[:, 39] = 0
    shape = np.full((3, 2), 28)
    np.savez(tmp_path / "own.npz", x=x, y=digits[1][:3], shape=shape, **{key: [4, 4, 7]})
    readers, _, people = hands.read(tmp_path / "own.npz")
    assert people.tolist() == ["4", "4", "7"]
    assert (readers[0]() == (255 - digits[0][0]) / 255).all()


GOOD = np.arange(2 * 9 * 9).reshape(2, 9, 9)
ARCHIVES = {
    "expected x and y": {"images": GOOD},
    r"images of int64 \(2, 81\)": {"x": GOOD.reshape(2, 81)},
    r"images of int64 \(\)": {"x": np.array(3)},
    r"images of <U1 \(2, 9, 9\)": {"x": np.full((2, 9, 9), "a")},
    r"images of int64 \(0, 9, 9\)": {"x": GOOD[:0]},
    "all of one grey": {"x": np.ones((2, 9, 9))},
    "what is no number": {"x": np.where(GOOD == 7, np.nan, GOOD)},
    "smaller than 3 × 8 pixels": {"x": GOOD[:, :5, :5]},
    r"2 images, but labels or writers of shape \(3,\)": {"y": [1, 2, 3]},
    r"labels or writers of shape \(2, 10\)": {"y": np.zeros((2, 10), int)},
    r"labels or writers of shape \(1,\)": {"writer": ["a"]},
    "an image without writer": {"writer": ["", "a"]},
    "writers that are no names": {"writer": [b"\xff", b"a"]},
    "the label '10', expected 0 to 9": {"y": [1, 10]},
    "the label '-1', expected 0 to 9": {"y": [-1, 1]},
    "the label '0.5', expected 0 to 9": {"y": [0.5, 1]},
    r"height and width within \(9, 9\)": {"shape": [[9, 10], [9, 9]]},
    "shape must have each image's height": {"shape": [9, 9]},
    "is smaller than": {"shape": [[9, 9], [0, 9]]},
}


@pytest.mark.parametrize("reason", ARCHIVES)
def test_a_bad_archive_is_refused_in_a_line(reason, tmp_path):
    found = {"x": GOOD, "y": [1, 2], **ARCHIVES[reason]}
    if reason == "expected x and y":
        found = ARCHIVES[reason]
    np.savez(tmp_path / "own.npz", **found)
    with pytest.raises(Refused, match=reason) as refusal:
        hands.read(tmp_path / "own.npz")
    assert str(refusal.value).startswith(str(tmp_path)) and "\n" not in str(refusal.value)


def test_what_could_not_be_had_is_not_measured_and_never_zero(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write_json("data/others/sets.json", {"usps": False, "qmnist": False, "clothes": False})
    assert hands.published(40) == {"USPS": None, "QMNIST": None} and hands.clothes(40) is None
    rows = robustness.by_hand({"ann": [Says(3)], "cnn": [Says(3)]}, "USPS", None)
    table = pd.DataFrame(rows, columns=robustness.COLUMNS)
    assert table["status"].tolist() == ["not measured"] * 2
    assert table.loc[:, "images":].isna().all(axis=None)


def test_what_could_be_had_is_sampled_and_prepared(tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    files.write_json("data/others/sets.json", {"usps": True, "qmnist": True, "clothes": True})
    images, labels = digits[0][:200], digits[1][:200].astype(np.uint8)
    small = images[:30, 6:22, 6:22]
    files.write_arrays("data/others/usps.npz", images=small, labels=labels[:30])
    writers = np.arange(200, dtype=np.int32) // 20
    files.write_arrays("data/others/qmnist.npz", images=images, labels=labels, writers=writers)
    files.write_arrays("data/others/clothes.npz", images=images)
    (usps, _, refused, people), qmnist = hands.published(40).values()
    assert usps.shape == (30, 28, 28) and not refused.any() and people is None
    assert len(qmnist[0]) == 40
    chosen = robustness.sample(labels, 40)
    assert (qmnist[0] == images[chosen]).all() and (qmnist[3] == writers[chosen]).all()
    assert (hands.clothes(40) == images[:40]).all()


def test_accuracy_is_of_all_over_people_and_of_each(digits):
    labels, people = np.array([3, 3, 3, 4, 4]), np.array(["b", "b", "b", "b", "a"])
    refused = np.array([True, False, False, False, False])
    networks = {"ann": [Says(3), Says(4)], "cnn": [Says(3)]}
    rows = robustness.by_hand(networks, "own", (digits[0][:5], labels, refused, people), each=True)
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
    assert rows[0]["accuracy"] == 0.4  # the mean of 0.4 and 0.4: one 3 was refused
