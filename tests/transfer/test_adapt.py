"""The command: photos in, a model out that predict.py asks; what is wrong is told in one line."""

import json
import shutil
import sys

import numpy as np
import pytest
import yaml
from PIL import Image

import predict
from helpers import ROOT, run
from mnist.core.errors import InputError
from mnist.models import adapted
from pipelines.transfer import adapt
from pipelines.transfer.adaptation import trained
from transfer import small

SCRIPT = str(ROOT / "pipelines" / "transfer" / "adapt.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory, digits):
    """Return a small project with a folder of three photos of each digit."""
    folder = tmp_path_factory.mktemp("adapt") / "project"
    small.make(folder, *digits)
    images, labels = digits
    small.photos(folder / "photos", images[1497:], labels[1497:], 3)
    return folder


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """Change to a copy of the small project."""
    shutil.copytree(made, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def main(**given):
    asked = {"photos": "photos", "model": "ann", "output": "mine"} | given
    settings = {"seeds": small.SEEDS, "models": ["ann"]}
    adapt.main(**settings, augment=small.AUGMENT, **asked)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_photos_become_a_model_that_predict_asks(project, capsys):
    main()
    told = capsys.readouterr().out
    assert told.startswith("2 networks of the ANN learnt 30 digits\n")
    assert told.endswith("Ask it: python stages/predict.py photo.jpg --model mine\n")
    assert sorted(contents(project / "mine")) == ["0.pt", "1.pt", "model.json"]
    about, networks = adapted.load("mine")
    assert about.model == "ann" and len(networks) == 2 and about.made["digits"] == [3] * 10
    asked = {"seeds": [0], "models": ["other"], "json": True, "model": "mine", "show": None}
    predict.main(images=["photos/7_0.png"], **asked)
    (row,) = json.loads(capsys.readouterr().out)
    assert row["label"] == 7 and row["ann"] in range(10)
    assert row["ann_sure"] == (row["ann_probability"] >= about.unsure_below)


def test_the_same_photos_give_the_same_bytes_and_take_an_older_models_place(project):
    main()
    first = contents(project / "mine")
    main()
    main(output="other")
    assert first == contents(project / "mine") == contents(project / "other")


@pytest.mark.slow
def test_the_script_runs_by_its_path_and_as_a_module(project):
    given = "photos", "--model", "ann", "-o", "mine"
    shown = run(sys.executable, SCRIPT, *given, cwd=project)
    assert "Ask it: python stages/predict.py" in shown
    named = run(sys.executable, SCRIPT, "none", "-o", "mine", ok=False, cwd=project)
    assert named == "adapt: --model cnn: expected one of ann\n"


def test_arrays_are_taken_as_well(project, digits):
    images, labels = digits
    np.savez("own.npz", x=images[1497:1597], y=labels[1497:1597])
    main(photos="own.npz")
    assert (project / "mine" / "model.json").exists()


def test_digits_that_are_missing_are_named(project):
    for path in [*project.glob("photos/3_*"), *project.glob("photos/7_*")]:
        path.unlink()
    with pytest.raises(InputError, match=r"^photos has no image of 3 and 7, which the model would"):
        main()
    (project / "photos" / "3_back.png").write_bytes((project / "photos" / "2_0.png").read_bytes())
    with pytest.raises(InputError, match=r"^photos has no image of 7, .*; add one of each digit"):
        main()


def spoil_name(project):
    (project / "photos" / "7_0.png").rename(project / "photos" / "seven.png")


def spoil_label(project):
    (project / "photos" / "labels.csv").write_text("file,label\n7_0.png,seven\n")


def spoil_ink(project):
    Image.new("L", (80, 80), 255).save(project / "photos" / "7_1.png")


def spoil_image(project):
    (project / "photos" / "7_1.png").write_text("no image")


def spoil_weights(project):
    path = project / "data" / "models" / "ann" / "1" / "weights.pt"
    path.write_bytes(path.read_bytes()[:-100])


def remove_weights(project):
    (project / "data" / "models" / "ann" / "1" / "weights.pt").unlink()


def other_data(project, **change):
    path = project / "data" / "prepared" / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def spoil_rate(project):
    path = project / "params.yaml"
    values = yaml.safe_load(path.read_text())
    values["ann"]["learning_rate"] = "fast"
    path.write_text(yaml.safe_dump(values))


WRONG = {  # what is spoilt, and what is told
    spoil_name: r"^photos/seven.png: name it after its digit, as 7_note.jpg",
    spoil_label: r"^photos/labels.csv: the label 'seven', expected 0 to 9$",
    spoil_ink: r"^photos/7_1.png: no ink is seen; write darker",
    spoil_image: r"^photos/7_1.png is no image that is known here",
    spoil_weights: r"^data/models/ann/1/weights.pt is not what belongs there; 'dvc repro' makes",
    spoil_rate: r"^ann.learning_rate is 'fast', expected a number from ",
    remove_weights: r"^data/models/ann/1/weights.pt is missing; 'dvc repro' makes it$",
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda each: each.__name__)
def test_what_is_wrong_is_told_in_one_line_and_nothing_is_written(spoil, project):
    spoil(project)
    with pytest.raises(InputError, match=WRONG[spoil]) as error:
        main()
    assert "\n" not in str(error.value) and not (project / "mine").exists()


def test_weights_of_another_data_set_are_not_adapted(project):
    other_data(project, mean=0.5)
    with pytest.raises(InputError, match=r"0/weights.pt learnt another data set than mnist, which"):
        trained.load("ann", small.SEEDS)
    other_data(project, name="fashion_mnist", digits=False)
    with pytest.raises(InputError, match=r"^the networks were trained on fashion_mnist, which has"):
        main()


def test_a_folder_or_model_that_is_not_there_is_named(project):
    with pytest.raises(
        InputError, match=r"^none is not there; name a folder of images, or an .npz"
    ):
        main(photos="none")
    with pytest.raises(InputError, match=r"^--model resnet: expected one of ann$"):
        main(model="resnet")


def test_nothing_but_an_adapted_model_is_replaced(project):
    (project / "notes").mkdir()
    (project / "notes" / "mine.txt").write_text("keep")
    for place in ("notes", "params.yaml", "."):
        with pytest.raises(InputError, match="is there and no adapted model; name a folder"):
            main(output=place)
    main()
    (project / "mine" / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match=r"^mine also holds mine.txt; name a folder to be made$"):
        main()
    assert (project / "notes" / "mine.txt").read_text() == "keep"


def test_a_place_that_cannot_be_written_is_named(project):
    with pytest.raises(InputError, match=r"^params.yaml/mine cannot be written: Not a directory; "):
        main(output="params.yaml/mine")


def test_an_adapted_model_that_is_damaged_is_told(project, capsys):
    asked = {"seeds": [0], "models": ["ann"], "json": False, "show": None}
    images = ["photos/7_0.png"]
    with pytest.raises(InputError, match=r"^mine is not there; name a folder that pipelines/tra"):
        predict.main(images=images, model="mine", **asked)
    with pytest.raises(InputError, match=r"^photos is no adapted model; name a folder that"):
        predict.main(images=images, model="photos", **asked)
    with pytest.raises(InputError, match=r"^--model mine: name images, too$"):
        predict.main(images=[], model="mine", **asked)
    main()
    whole = (project / "mine" / "model.json").read_text()
    swapped = whole.replace('"0.pt"', '"../0.pt"')
    for text in ("", "{}", "[]", "null", swapped, whole.replace('"ann"', '"cnn"')):
        (project / "mine" / "model.json").write_text(text)
        with pytest.raises(InputError, match=r"^mine is damaged; adapt the model again$"):
            predict.main(images=images, model="mine", **asked)
    (project / "mine" / "model.json").write_text(whole)
    (project / "mine" / "1.pt").write_bytes((project / "mine" / "0.pt").read_bytes())
    with pytest.raises(InputError, match=r"^mine is damaged; adapt the model again$"):
        predict.main(images=images, model="mine", **asked)
    main()  # as the line says
    assert (project / "mine" / "model.json").read_text() == whole
