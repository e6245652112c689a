import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from mnist.core import runs
from mnist.core.errors import InputError
from mnist.models import weights
from mnist.photos import answers

LIMITS = {"ann": {"unsure_below": 0.6}, "cnn": {"unsure_below": 0.6}, "lenet": {"unsure_below": 0}}


@pytest.fixture
def limits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "selection.json").write_text(json.dumps(LIMITS))


def says(digit, sure):
    probabilities = np.full(10, (1 - sure) / 9)
    probabilities[digit] = sure
    return probabilities


def photo(path, count):
    return path, np.zeros((count, 28, 28), np.uint8)


SAID = {
    "ann": np.stack([says(3, 0.5), says(4, 0.9)]),
    "cnn": np.stack([says(3, 0.7), says(4, 0.99)]),
    "lenet": np.stack([says(8, 0.2), says(9, 0.3)]),
}


def rows(*models):
    said = {name: SAID[name] for name in models or ("ann", "cnn")}
    return answers.rows([photo("x/34_note.png", 2)], said)


def test_rows_tell_what_each_model_says_and_whether_it_is_sure(limits):
    first, second = rows()
    assert (first["place"], first["label"], first["cnn"], first["ann"]) == (1, 3, 3, 3)
    assert first["cnn_sure"] and not first["ann_sure"]
    assert (second["place"], second["label"], second["cnn"]) == (2, 4, 4)
    assert second["cnn_probability"] == 0.99 and second["cnn_runner_up"] != 4


def test_sentences_say_so_in_words(limits):
    words = answers.sentence(rows()[0], ["ann", "cnn"], several=True)
    assert words.startswith("x/34_note.png #1:  CNN 3 (70.0%), then ")
    assert "   ANN not sure, 3 (50.0%), then " in words and words.count("then") == 2


def test_any_number_of_models_is_asked(limits):
    (first, _), models = rows("lenet"), ["lenet"]
    assert first["lenet"] == 8 and "ann" not in first
    assert answers.sentence(first, models, several=False).startswith("x/34_note.png:  LENET 8 (20")
    models = ["ann", "cnn", "lenet"]
    words = answers.sentence(rows(*models)[0], models, several=False)
    assert words.index("LENET") < words.index("CNN") < words.index("ANN")
    header = answers.table([], models).strip().split(",")
    assert header[:5] == ["file", "place", "label", "problem", "ann"] and len(header) == 4 + 3 * 5
    assert header[9::5] == ["cnn", "lenet"] and header[-1] == "lenet_sure"


def test_the_table_has_digits_and_rejections(limits):
    problems = [{"file": "y.png", "problem": "y.png is empty, really"}]
    text = answers.table([*rows(), *problems], ["ann", "cnn"])
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["file"] for line in lines] == ["x/34_note.png", "x/34_note.png", "y.png"]
    assert [line["cnn"] for line in lines] == ["3", "4", ""]
    assert lines[2]["problem"] == "y.png is empty, really"


def test_a_file_that_is_named_twice_is_no_file_of_two_digits(limits, digits, tmp_path):
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(tmp_path / "3_note.png")
    photos, problems = answers.read([str(tmp_path / "3_note.png")] * 2)
    assert [each.shape for _, each in photos] == [(1, 28, 28)] * 2 and not problems
    found = answers.rows(photos, {"ann": np.stack([says(3, 0.7)] * 2)})
    assert [(row["place"], row["label"]) for row in found] == [(1, 3)] * 2


@pytest.mark.parametrize("name", ["two\nlines.png", "bytes\udcff.png"])
def test_any_name_is_told_in_one_line_of_text(name, limits):
    row = rows()[0] | {"file": name}
    assert answers.sentence(row, ["ann", "cnn"], several=False).encode().count(b"\n") == 0
    text = answers.table([row, {"file": name, "problem": "no"}], ["ann", "cnn"])
    assert text.encode().count(b"\n") == 3


def test_a_rejected_file_does_not_stop_the_others(digits, tmp_path):
    image = Image.fromarray(255 - np.pad(digits[0][0], 30))
    image.save(tmp_path / "good.png")
    (tmp_path / "text.png").write_text("no image")
    paths = [str(tmp_path / name) for name in ("missing.png", "good.png", "text.png")]
    photos, problems = answers.read(paths)
    assert [path for path, _ in photos] == paths[1:2]
    assert [row["file"] for row in problems] == [paths[0], paths[2]]
    assert all("\n" not in row["problem"] for row in problems)


WRONG = ("", "null", "[]", "{}", '{"ann": {}}', '{"ann": 3}', '{"ann": {"unsure_below": null}}')


@pytest.mark.parametrize("text", WRONG)
def test_thresholds_that_lack_a_model_are_told_in_one_line(text, limits, tmp_path):
    (tmp_path / "metrics" / "selection.json").write_text(text)
    with pytest.raises(InputError) as error:
        rows("ann")
    reason = "is not what belongs there; 'dvc repro' makes it anew"
    assert str(error.value) == f"metrics/selection.json {reason}"


def test_thresholds_that_are_missing_are_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"selection.json is missing; 'dvc repro' makes it$"):
        rows("ann")


def test_all_seeds_of_every_model_are_asked(tmp_path, monkeypatch, digits):
    monkeypatch.chdir(tmp_path)
    for seed in (0, 2):
        arguments = {"classes": 10, "widths": [4], "dropout": 0.0}
        made = weights.Configuration("ann", arguments, 0.1, 0.3)
        weights.save(runs.weights("ann", seed), made, weights.build(made, seed).state_dict())
    both, one = (answers.ask(digits[0][:3], ["ann"], seeds)["ann"] for seeds in ([0, 2], [0]))
    assert both.shape == (3, 10) and np.allclose(both.sum(1), 1) and not np.allclose(both, one)
    assert answers.ask(digits[0][:0], ["ann"], [0])["ann"].shape == (0, 10)
