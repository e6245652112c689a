"""People's own images: in data/custom, and named on the command line."""

import json
import re
import shutil
import sys

import pytest
from PIL import Image

from helpers import run, started

PREDICT = (sys.executable, "stages/predict.py")


def test_predict_answers_what_it_can_and_names_what_it_cannot(project, tmp_path, photo):
    (tmp_path / "text.png").write_text("no image")
    said = run(*PREDICT, str(photo), "--show", str(tmp_path / "seen.png"), cwd=project)
    assert re.fullmatch(r".*photo\.png:  CNN .*\d \(\d+\.\d%\), then .*ANN .*\n", said)
    assert Image.open(tmp_path / "seen.png").size[0] > 100

    both = str(photo), str(tmp_path / "text.png")
    said = run(*PREDICT, *both, "--json", cwd=project, ok=False)
    problem = f"{tmp_path}/text.png is no image that is known here; save it as PNG or JPEG"
    assert said.endswith(f"\npredict: {problem}\n") and said.count("predict: ") == 1
    answer, rejected = json.loads(said.removesuffix(f"predict: {problem}\n"))
    assert answer["cnn"] in range(10) and rejected["problem"] == problem


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
def test_predict_writes_no_picture_over_what_is_there(name, problem, project, tmp_path, photo):
    own = photo.rename(tmp_path / "own.png")
    (tmp_path / "folder.png").mkdir()
    before = own.read_bytes()
    place = name and f"{tmp_path}/{name}"
    said = run(*PREDICT, str(own), "--show", place, cwd=project, ok=False)
    assert re.fullmatch(f"(.*: {{2}}CNN .*\n)?predict: --show .*{problem}\n", said), said
    assert ("cannot be written" in problem) == ("CNN" in said) and own.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "own.png"]


def test_predict_imports_neither_pandas_nor_torchvision(project):
    code = "import sys, runpy; sys.argv = ['stages/predict.py', 'missing.png']\n"
    code += "try: runpy.run_path('stages/predict.py', run_name='__main__')\n"
    code += "except SystemExit: print(sorted({'pandas', 'torchvision'} & sys.modules.keys()))"
    shown = run(sys.executable, "-c", code, cwd=project, PYTHONPATH="stages")
    assert shown.endswith("[]\n") and "missing.png cannot be read" in shown


def test_weights_with_a_flipped_byte_are_not_asked(unchanged, photo):
    path = unchanged / "data" / "models" / "cnn" / "0" / "weights.pt"
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.unlink()
    path.write_bytes(damaged)
    said = run(*PREDICT, str(photo), cwd=unchanged, ok=False)
    assert said.startswith("predict: data/models/cnn/0/weights.pt is not what belongs there")
    assert said.count("\n") == 1


@pytest.mark.slow
def test_one_s_own_images_are_answered_by_the_pipeline_and_survive_it(unchanged, photo):
    own = unchanged / "data" / "custom" / "5_own.png"
    shutil.copy(photo, own)
    assert started(run("dvc", "repro", cwd=unchanged)) == ["check", "predict"]
    table = (unchanged / "metrics" / "custom.csv").read_text()
    assert "data/custom/5_own.png,1,5," in table
    for command in (
        ("dvc", "exp", "run", "-S", "generalize.images=50"),
        ("dvc", "checkout"),
        ("dvc", "repro", "-f", "check"),
        ("git", "checkout", "HEAD", "params.yaml", "dvc.lock", "metrics", "plots"),
        ("dvc", "checkout"),
    ):
        run(*command, cwd=unchanged)
        assert own.read_bytes() == photo.read_bytes(), command
    own.unlink()
    run("dvc", "repro", "predict", cwd=unchanged)
    made = ("metrics/custom.csv", "plots/custom.png", "data")
    assert run("git", "status", "--porcelain", *made, cwd=unchanged) == ""


def test_a_missing_folder_of_own_images_is_made_again(unchanged):
    shutil.rmtree(unchanged / "data" / "custom")
    run("dvc", "repro", cwd=unchanged)
    assert run("git", "status", "--porcelain", cwd=unchanged) == ""


def test_a_folder_of_own_images_may_be_a_link(unchanged, photo):
    shutil.rmtree(unchanged / "data" / "custom")
    (unchanged / "data" / "custom").symlink_to(photo.parent)
    run("dvc", "repro", cwd=unchanged)
    assert "data/custom/photo.png,1," in (unchanged / "metrics" / "custom.csv").read_text()
    assert photo.is_file()


@pytest.mark.slow
def test_a_file_in_place_of_the_folder_is_named_in_a_line(unchanged):
    shutil.rmtree(unchanged / "data" / "custom")
    (unchanged / "data" / "custom").write_text("no folder")
    said = run("dvc", "repro", cwd=unchanged, ok=False)
    assert "check: data/custom is no folder" in said
    (unchanged / "data" / "custom").unlink()
    run("dvc", "repro", cwd=unchanged)
