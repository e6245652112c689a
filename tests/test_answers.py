import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from mnist import answers

LIMITS = {"ann": {"unsure_below": 0.6}, "cnn": {"unsure_below": 0.6}}


@pytest.fixture
def limits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "selection.json").write_text(json.dumps(LIMITS))


def says(digit, sure):
    probabilities = np.full(10, (1 - sure) / 9)
    probabilities[digit] = sure
    return probabilities


def said(limits):
    probabilities = {
        "ann": np.stack([says(3, 0.5), says(4, 0.9)]),
        "cnn": np.stack([says(3, 0.7), says(4, 0.99)]),
    }
    return answers.rows([("x/34_note.png", 2)], probabilities)


def test_rows_tell_what_each_model_says_and_whether_it_is_sure(limits):
    first, second = said(limits)
    assert (first["place"], first["label"], first["cnn"], first["ann"]) == (1, 3, 3, 3)
    assert first["cnn_sure"] and not first["ann_sure"]
    assert (second["place"], second["label"], second["cnn"]) == (2, 4, 4)
    assert second["cnn_probability"] == 0.99 and second["cnn_runner_up"] != 4


def test_sentences_say_so_in_words(limits):
    words = answers.sentence(said(limits)[0], several=True)
    assert words.startswith("x/34_note.png #1:  CNN 3 (70.0%), then ")
    assert "ANN not sure, 3 (50.0%), then " in words


def test_the_table_has_digits_and_refusals(limits):
    text = answers.table(said(limits), [("y.png", "y.png is empty, really")])
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["file"] for line in lines] == ["x/34_note.png", "x/34_note.png", "y.png"]
    assert [line["cnn"] for line in lines] == ["3", "4", ""]
    assert lines[2]["problem"] == "y.png is empty, really"


def test_a_file_that_is_named_twice_is_no_file_of_two_digits(limits, digits, tmp_path):
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(tmp_path / "3_note.png")
    found, refused = answers.seen([str(tmp_path / "3_note.png")] * 2)
    assert [images.shape for _, images in found] == [(1, 28, 28)] * 2 and not refused
    probabilities = np.stack([says(3, 0.7)] * 2)
    counts = [(path, len(images)) for path, images in found]
    rows = answers.rows(counts, {"ann": probabilities, "cnn": probabilities})
    assert [(row["place"], row["label"]) for row in rows] == [(1, 3)] * 2


@pytest.mark.parametrize("name", ["two\nlines.png", "bytes\udcff.png"])
def test_any_name_is_told_in_one_line_of_text(name, limits):
    row = said(limits)[0] | {"file": name}
    assert answers.sentence(row, several=False).encode().count(b"\n") == 0
    assert answers.table([row], [(name, "no")]).encode().count(b"\n") == 3


@pytest.mark.parametrize(
    ("name", "place", "several", "label"),
    [
        ("7_kitchen-note.jpg", 0, 1, 7),
        ("7.png", 0, 1, 7),
        ("42_note.jpg", 1, 2, 2),
        ("42_note.jpg", 0, 1, -1),
        ("note_7.jpg", 0, 1, -1),
        ("IMG_2041.jpg", 0, 4, -1),
        ("7kitchen.jpg", 0, 1, -1),
    ],
)
def test_a_label_is_what_a_name_begins_with(name, place, several, label):
    assert answers.label(f"data/custom/{name}", place, several) == label


def test_what_is_refused_does_not_stop_the_others(digits, tmp_path):
    image = Image.fromarray(255 - np.pad(digits[0][0], 30))
    image.save(tmp_path / "good.png")
    (tmp_path / "text.png").write_text("no image")
    paths = [str(tmp_path / name) for name in ("missing.png", "good.png", "text.png")]
    found, refused = answers.seen(paths)
    assert [path for path, _ in found] == paths[1:2]
    assert [path for path, _ in refused] == [paths[0], paths[2]]
    assert all("\n" not in reason for _, reason in refused)
