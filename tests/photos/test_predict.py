"""What the stage predict prints and writes, with networks that always say the same."""

import csv
import json
import sys

import numpy as np
import pytest
from PIL import Image

import predict
from helpers import ROOT, run
from mnist.core import command
from mnist.core.errors import InputError
from mnist.photos import answers

CLOTHES = ["Shirt", "Bag", "Coat", "Dress", "Boot", "Hat", "Scarf", "Sock", "Glove", "Belt"]
MODELS = ["ann", "cnn"]
ASKED = {"seeds": [0], "models": MODELS, "json": False, "model": None, "show": None}


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Make an empty project whose networks say 7 of every image, rather sure."""
    says = np.full(10, 0.02)
    says[7] = 0.82
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics").mkdir()
    limits = {name: {"unsure_below": 0.6} for name in MODELS}
    (tmp_path / "metrics" / "selection.json").write_text(json.dumps(limits))
    ask = lambda digits, models, _: {name: np.tile(says, (len(digits), 1)) for name in models}  # noqa: E731
    monkeypatch.setattr(answers, "ask", ask)


@pytest.fixture
def headings(monkeypatch):
    """Return a list of the headings of the pictures that are drawn, in place of drawing them."""
    found = []

    def gallery(images, labels, probabilities, chosen, heading, *, classes, captions):
        assert len(images) == len(labels) == len(chosen) == len(captions)
        assert [*probabilities] == MODELS and len(classes) == 10
        found.append(heading)

    monkeypatch.setattr("mnist.plots.grids.gallery", gallery)
    monkeypatch.setattr("mnist.plots.style.png", lambda figure: b"picture")
    return found


@pytest.fixture
def drawn(tmp_path, digits):
    """Return the path of an image file with one digit."""
    path = tmp_path / "7_drawn.png"
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(path)
    return str(path)


def trained_on(name, digits, folder):
    classes = [*map(str, range(10))] if digits else CLOTHES
    values = {"name": name, "classes": classes, "digits": digits, "mean": 0.1, "std": 0.3}
    (folder / "data" / "prepared").mkdir(parents=True)
    (folder / "data" / "prepared" / "dataset.json").write_text(json.dumps(values))


def table():
    with open("metrics/custom.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_images_that_are_named_are_answered_and_nothing_is_written(drawn, headings, capsys):
    predict.main(images=[drawn], **ASKED)
    assert capsys.readouterr().out == (
        f"{drawn}:  CNN 7 (82.0%), then 9 (2.0%)   ANN 7 (82.0%), then 9 (2.0%)\n"
    )
    with pytest.raises(SystemExit) as stopped:
        predict.main(images=["missing.png", drawn], **ASKED)
    shown = capsys.readouterr()
    assert stopped.value.code == 1 and "CNN 7" in shown.out
    assert shown.err.startswith("predict: missing.png cannot be read") and not headings
    predict.main(images=[drawn], **ASKED | {"show": "seen.png"})
    assert headings == ["Digits as the models saw them"]


def test_the_images_in_the_folder_are_answered_into_a_table_and_a_picture(
    drawn, tmp_path, headings, capsys
):
    (tmp_path / "data" / "custom").mkdir(parents=True)
    (tmp_path / "7_drawn.png").rename(tmp_path / "data" / "custom" / "7_drawn.png")
    (tmp_path / "data" / "custom" / "text.png").write_text("no image")
    predict.main(images=[], **ASKED)
    assert [(row["file"], row["cnn"], row["label"]) for row in table()] == [
        ("data/custom/7_drawn.png", "7", "7"),
        ("data/custom/text.png", "", ""),
    ]
    assert table()[1]["problem"] in capsys.readouterr().err
    assert headings == ["Digits as the models saw them"]


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_is_empty_or_missing_says_what_it_is_for(there, tmp_path, headings):
    if there:
        (tmp_path / "data" / "custom").mkdir(parents=True)
    predict.main(images=[], **ASKED)
    assert table() == [] and headings[0].startswith("No image in data/custom yet: put photos")


@pytest.mark.parametrize("kind", ["a file", "no folder"])
def test_what_stands_in_the_place_of_the_folder_is_told_in_one_line(kind, tmp_path):
    (tmp_path / "data").mkdir()
    if kind == "a file":
        (tmp_path / "data" / "custom").write_text("")
    else:
        (tmp_path / "data" / "custom").symlink_to("nowhere")
    with pytest.raises(InputError, match=f"data/custom is {kind}; put a folder .* in its place"):
        predict.main(images=[], **ASKED)
    assert not (tmp_path / "plots").exists()


def test_a_picture_is_asked_for_with_images(tmp_path):
    with pytest.raises(InputError, match=r"--show x.png: name images, too; plots/custom.png shows"):
        predict.main(images=[], **ASKED | {"show": "x.png"})
    assert [path.name for path in tmp_path.iterdir()] == ["metrics"]


def test_a_picture_that_cannot_be_written_is_named(drawn, tmp_path, headings):
    (tmp_path / "plots" / "custom.png").mkdir(parents=True)
    with pytest.raises(OSError, match=r"plots/custom\.png"):
        predict.main(images=[], **ASKED)
    with pytest.raises(InputError, match=r"^--show plots/custom.png cannot be written: Is a dir"):
        predict.main(images=[drawn], **ASKED | {"show": "plots/custom.png"})


def test_no_photo_is_read_by_networks_that_know_no_digits(drawn, tmp_path, headings, capsys):
    trained_on("fashion_mnist", False, tmp_path)
    with pytest.raises(InputError, match=r"^the networks were trained on fashion_mnist, which has"):
        predict.main(images=[drawn], **ASKED)
    (tmp_path / "data" / "custom").mkdir()
    (tmp_path / "7_drawn.png").rename(tmp_path / "data" / "custom" / "7_drawn.png")
    predict.main(images=[], **ASKED)
    skipped = "Skipped: the networks were trained on fashion_mnist, which has no digits"
    assert capsys.readouterr() == (f"{skipped}\n", "") and headings == [skipped]
    text = (tmp_path / "metrics" / "custom.csv").read_text()
    assert text.startswith("file,place,label,problem,ann,") and text.count("\n") == 1
    predict.main(images=[], **ASKED | {"json": True})
    assert json.loads(capsys.readouterr().out) == []


def test_photos_are_read_by_networks_that_know_digits(drawn, tmp_path, capsys):
    trained_on("optdigits", True, tmp_path)
    predict.main(images=[drawn], **ASKED)
    assert "CNN 7" in capsys.readouterr().out


def test_the_pictures_are_drawn(drawn, tmp_path):
    predict.main(images=[drawn], **ASKED | {"show": "seen.png"})
    predict.main(images=[], **ASKED)
    for name in ("seen.png", "plots/custom.png"):
        assert Image.open(tmp_path / name).size[0] > 100


def test_the_stage_needs_no_argument(tmp_path, headings, monkeypatch):
    (tmp_path / "params.yaml").write_text("seeds: [0]\nann: {}\ncnn: {}\n")
    monkeypatch.setattr(sys, "argv", ["stages/predict.py"])
    command.run(predict.main, add=predict.options)
    assert len(headings) == 1


def test_of_many_digits_the_first_are_drawn_and_the_others_counted(
    tmp_path, digits, headings, monkeypatch
):
    monkeypatch.setattr(predict, "SHOWN", 2)
    paths = [str(tmp_path / f"{i}.png") for i in range(3)]
    for path in paths:
        Image.fromarray(255 - np.pad(digits[0][0], 30)).save(path)
    predict.main(images=paths, **ASKED | {"show": "seen.png"})
    assert headings == ["The first 2 digits as the models saw them, 1 left out"]


def test_the_arguments_are_checked_before_the_imports_that_take_long():
    given = {**ASKED, "images": ["a.png"], "show": "a.jpg"}
    code = f"import sys, predict\ntry:\n    predict.main(**{given})\n"
    code += "except predict.InputError:\n    print('torch' in sys.modules)"
    assert run(sys.executable, "-c", code, cwd=ROOT / "stages") == "False\n"


def test_answers_come_without_the_imports_that_take_long():
    code = (
        "import sys, predict\nfrom mnist.data import prepared\nfrom mnist.photos import answers\n"
    )
    code += "slow = {'matplotlib', 'pandas', 'sklearn', 'torchvision'}\n"
    code += "print(sorted(slow & sys.modules.keys()))"
    assert run(sys.executable, "-c", code, cwd=ROOT / "stages") == "[]\n"
