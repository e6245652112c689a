"""The real dvc.yaml on the small digits, in a copy of the project, without any network."""

import json
import re
import shutil
import sys

import numpy as np
import pytest
import yaml
from PIL import Image

from conftest import ROOT, run


@pytest.fixture(scope="module")
def project(copy):
    """Return the copy with one seed and two epochs on the small digits, and a first repro."""
    path = copy / "params.yaml"
    values = yaml.safe_load(path.read_text())
    values["seeds"] = [0]
    values["fetch"]["dataset"] = "optdigits"
    values["cnn"] |= {"epochs": 2, "dropout": 0.2, "batch_size": 64}
    values["ann"]["epochs"] = 2
    values["generalize"]["images"] = 40
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    (copy / "dvc.lock").unlink(missing_ok=True)
    run("git", "commit", "-q", "-am", "Take the small digits", cwd=copy)
    run("dvc", "repro", cwd=copy, MNIST_MIRROR="/nowhere")
    run("git", "add", "-A", cwd=copy)
    run("git", "commit", "-q", "-m", "Run", cwd=copy)
    return copy


def started(shown):
    """Return the stages that a DVC command ran."""
    return [line.split("'")[1] for line in shown.splitlines() if line.startswith("Running stage")]


def test_the_pipeline_leaves_metrics_plots_and_models(project):
    scores = json.loads((project / "metrics" / "test.json").read_text())
    assert 0.5 < scores["cnn"]["accuracy"] <= 1 and 0.5 < scores["ann"]["accuracy"] <= 1
    for name in ("ann", "cnn"):
        assert (project / "data" / name / "0" / "weights.pt").is_file()
        assert (project / "plots" / f"misclassified_{name}.png").is_file()


def test_a_second_repro_has_nothing_to_do(project):
    assert started(run("dvc", "repro", cwd=project)) == []
    assert run("git", "status", "--porcelain", cwd=project) == ""


def test_an_experiment_reruns_what_its_parameter_reaches_and_shows_its_difference(project):
    shown = run("dvc", "exp", "run", "-S", "cnn.dropout=0.5", cwd=project)
    assert sorted(started(shown)) == [
        "evaluate",
        "generalize",
        "predict",
        "train_cnn@0",
        "visualize",
    ]
    assert "cnn.dropout" in run("dvc", "params", "diff", cwd=project)
    difference = json.loads(run("dvc", "metrics", "diff", "--json", cwd=project))
    changed = {key for metrics in difference.values() for key in metrics}
    assert "cnn.validation_nll" in changed and "ann.validation_nll" not in changed

    for value in ("0.2", "0.5"):
        again = run("dvc", "exp", "run", "-S", f"cnn.dropout={value}", "train_cnn", cwd=project)
        assert started(again) == [] and "is cached" in again

    back = "git checkout HEAD params.yaml dvc.lock metrics plots"
    assert f"{back} && dvc checkout" in (ROOT / "README.md").read_text(encoding="utf-8")
    run(*back.split(), cwd=project)
    run("dvc", "checkout", cwd=project)
    assert started(run("dvc", "repro", cwd=project)) == []
    assert run("git", "status", "--porcelain", cwd=project) == ""


def test_another_seed_trains_only_itself_and_can_be_dropped_again(project):
    shown = run("dvc", "exp", "run", "-S", "seeds=[0,1]", "evaluate", cwd=project)
    trained = [stage for stage in started(shown) if stage.startswith("train")]
    assert trained == ["train_ann@1", "train_cnn@1"]
    assert "low" in json.loads((project / "metrics" / "test.json").read_text())["cnn_minus_ann"]
    drop = ("dvc", "exp", "run", "-S", "seeds=[0]", "evaluate")
    assert "run: rm -r data/ann/1" in run(*drop, cwd=project, ok=False)
    for name in ("ann", "cnn"):
        shutil.rmtree(project / "data" / name / "1")
    run(*drop, cwd=project)
    assert "low" not in json.loads((project / "metrics" / "test.json").read_text())["cnn_minus_ann"]


def test_the_page_of_plots_is_complete_without_the_internet(project):
    run(sys.executable, ".dvc/plots_page.py", cwd=project)
    run("dvc", "plots", "show", cwd=project)
    page = (project / "dvc_plots" / "index.html").read_text(encoding="utf-8")
    assert "jsdelivr" not in page and "<script src" not in page
    plots = yaml.safe_load((project / "dvc.yaml").read_text())["plots"]
    pictures = sum(isinstance(plot, str) for plot in plots)
    assert page.count("vegaEmbed('#") == len(plots) - pictures == 6
    assert page.count('src="static/') == pictures
    run("dvc", "plots", "diff", "HEAD", cwd=project)


def test_models_travel_through_a_remote(project, tmp_path):
    run("dvc", "remote", "add", "--local", "-d", "mine", str(tmp_path / "store"), cwd=project)
    run("dvc", "push", "-q", cwd=project)
    weights = project / "data" / "cnn" / "0" / "weights.pt"
    before = weights.read_bytes()
    for folder in ("data/ann", "data/cnn", ".dvc/cache"):
        run("rm", "-rf", folder, cwd=project)
    run("dvc", "pull", "-q", cwd=project)
    assert weights.read_bytes() == before


def test_the_seeds_of_params_are_those_that_are_scored(project):
    leftover = project / "data" / "ann" / "7"
    leftover.mkdir()
    shown = run(sys.executable, "stages/evaluate.py", cwd=project, ok=False)
    assert shown == (
        "evaluate: data/ann/7 belong to no seed in params.yaml; run: rm -r data/ann/7\n"
    )
    leftover.rmdir()
    (project / "data" / "cnn" / "0").rename(project / "away")
    shown = run(sys.executable, "stages/evaluate.py", cwd=project, ok=False)
    assert shown == "evaluate: data/cnn/0 is missing; 'dvc repro' makes it\n"
    (project / "away").rename(project / "data" / "cnn" / "0")


def test_predict_answers_what_it_can_and_names_what_it_cannot(project, tmp_path, digits):
    image = np.full((200, 200), 230, np.uint8)
    image[60:144, 70:154] -= np.kron(digits[0][0], np.ones((3, 3), np.uint8)) // 2
    Image.fromarray(image).save(tmp_path / "photo.png")
    (tmp_path / "text.png").write_text("no image")
    predict = (sys.executable, "stages/predict.py", str(tmp_path / "photo.png"))
    said = run(*predict, "--show", str(tmp_path / "seen.png"), cwd=project)
    assert re.fullmatch(r".*photo\.png:  CNN .*\d \(\d+\.\d%\), then .*ANN .*\n", said)
    assert Image.open(tmp_path / "seen.png").size[0] > 100

    said = run(*predict, str(tmp_path / "text.png"), "--json", cwd=project, ok=False)
    problem = f"{tmp_path}/text.png is no image that is known here; save it as PNG or JPEG"
    assert said.endswith(f"\npredict: {problem}\n") and said.count("predict: ") == 1
    answer, refused = json.loads(said.removesuffix(f"predict: {problem}\n"))
    assert answer["cnn"] in range(10) and refused["problem"] == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("own.png", "own.png is one of the images; name a file to be written"),
        ("./own.png", "own.png is one of the images; name a file to be written"),
        ("seen.jpg", "seen.jpg: name a file to be written, in .png"),
        ("", "''?: name a file to be written, in .png"),
        ("folder.png", "folder.png cannot be written: Is a directory; name another"),
        ("own.png/seen.png", "own.png/seen.png cannot be written: .*; name another"),
    ],
)
def test_predict_writes_no_picture_over_what_is_there(name, problem, project, tmp_path, digits):
    own = tmp_path / "own.png"
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(own)
    (tmp_path / "folder.png").mkdir()
    before = own.read_bytes()
    place = name and f"{tmp_path}/{name}"
    predict = (sys.executable, "stages/predict.py", str(own), "--show", place)
    said = run(*predict, cwd=project, ok=False)
    assert re.fullmatch(f"(.*: {{2}}CNN .*\n)?predict: --show .*{problem}\n", said), said
    assert ("cannot be written" in problem) == ("CNN" in said) and own.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "own.png"]


def test_predict_imports_neither_pandas_nor_torchvision(project, tmp_path):
    code = "import sys, runpy; sys.argv = ['stages/predict.py', 'missing.png']\n"
    code += "try: runpy.run_path('stages/predict.py', run_name='__main__')\n"
    code += "except SystemExit: print(sorted({'pandas', 'torchvision'} & sys.modules.keys()))"
    environment = {"PYTHONPATH": "stages"}
    shown = run(sys.executable, "-c", code, cwd=project, **environment)
    assert shown.endswith("[]\n") and "missing.png cannot be read" in shown


def test_one_s_own_images_are_answered_by_the_pipeline(project, digits):
    custom = project / "data" / "custom" / "5_own.png"
    Image.fromarray(255 - np.pad(digits[0][0], 30)).save(custom)
    assert started(run("dvc", "repro", "predict", cwd=project)) == ["predict"]
    table = (project / "metrics" / "custom.csv").read_text()
    assert "data/custom/5_own.png,1,5," in table
    custom.unlink()
    run("dvc", "repro", "predict", cwd=project)
    made = ("metrics/custom.csv", "plots/custom.png", "data")
    assert run("git", "status", "--porcelain", *made, cwd=project) == ""
