"""How the page is built: from pinned packages, or with one line that says why not."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from helpers import ROOT, run
from mnist.core import params
from mnist.core.errors import InputError
from pipelines.edge import demo, exported
from pipelines.edge.formats import card

DEMO = ROOT / "pipelines" / "edge" / "demo"


def test_packages_are_pinned_by_digest_and_name_no_registry():
    lock = json.loads((DEMO / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert all("resolved" not in each for each in packages.values())
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    wanted = json.loads((DEMO / "package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_without_npm_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match=r"npm is not here.*install Node\.js"):
        demo.npm(["ci"], ROOT)


def test_npm_that_fails_is_one_line_with_its_reason(monkeypatch, tmp_path):
    program = tmp_path / "npm"
    program.write_text(
        "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\necho 'npm error x' >&2\nexit 1"
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    with pytest.raises(InputError, match=r"npm ci failed.*ENOTFOUND; x.*name a registry") as caught:
        demo.npm(["ci"], tmp_path)
    assert "\n" not in str(caught.value)


def program(path, text):
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("stage", "kept", "says"),
    [
        ("demo", ["demo.html"], "npm ci failed for pipelines/edge/demo.html: code ENOTFOUND"),
        ("verify", ["metrics/edge.json", "plots/size.png"], "_fp32.tflite is missing"),
    ],
)
def test_what_a_failing_stage_made_before_stays(copy, tmp_path, stage, kept, says):
    project = shutil.copytree(copy, tmp_path / "clone")
    root, edge = (params.read(project / name) for name in (params.PATH, exported.PARAMS))
    for each in exported.subjects(params.models(root), root["seeds"], edge["edge"]):
        path = project / each.path(demo.FORM)
        path.parent.mkdir(exist_ok=True)
        about = {"name": each.name, "model": each.model, "seeds": each.seeds, "dataset": "mnist"}
        about |= {"validation_accuracy": 0.9, "unsure_below": 0.5}
        path.write_bytes(card.attached(b"model", demo.DIGITS, about))
    for name in ("data/models/a", "data/prepared/test.npz", "data/prepared/validation.npz"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()  # DVC wants what a stage depends on to be there
    files = [project / exported.HERE / name for name in kept]
    for file in files:
        file.write_text("what was there")
    program(tmp_path / "bin" / "npm", "echo 'npm error code ENOTFOUND' >&2; exit 1")
    folders = os.pathsep.join([str(tmp_path / "bin"), str(Path(sys.executable).parent)])
    search = f"{folders}{os.pathsep}{os.environ['PATH']}"
    command = "dvc", "repro", "--single-item", stage
    said = run(*command, cwd=project / exported.HERE, ok=False, PATH=search)
    assert f"\n{stage}: " in said and says in said
    assert [file.read_text() for file in files] == ["what was there"] * len(files)


def test_where_the_pipeline_fails_make_draws_the_root_s_page_and_fails(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    program(tmp_path / ".venv" / "bin" / "dvc", "echo root: $@")
    program(tmp_path / "pipelines" / "edge" / ".venv" / "bin" / "dvc", "echo edge: $@; exit 1")
    before = "-o", "all", "-o", "pipelines/edge/.venv/ready"  # what is not made here
    said = run("make", *before, "edge", cwd=tmp_path, ok=False)
    assert said.index("edge: repro") < said.index("root: repro visualize")
    assert "Done" not in said


def test_a_model_is_described_by_its_file(tmp_path):
    path = tmp_path / "cnn_ensemble_dynamic_int8.tflite"
    about = {"name": "cnn_ensemble", "model": "cnn", "seeds": [0, 1, 2], "dataset": "mnist"}
    about |= {"validation_accuracy": 0.9, "unsure_below": 0.5}
    path.write_bytes(card.attached(b"model", ["0", "1"], about))
    found = demo.described(path, {"cnn": "#0072B2"})
    assert found["title"] == "CNN × 3" and found["bytes"] == path.stat().st_size
    assert found["labels"] == ["0", "1"] and found["unsure_below"] == 0.5
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="is damaged"):
        demo.described(path, {"cnn": "#0072B2"})


def test_a_page_of_what_is_no_digit_is_not_made(tmp_path):
    path = tmp_path / "cnn_dynamic_int8.tflite"
    about = {"name": "cnn", "model": "cnn", "seeds": [0], "dataset": "fashion_mnist"}
    about |= {"validation_accuracy": 0.9, "unsure_below": 0.5}
    path.write_bytes(card.attached(b"model", ["Bag", "Coat"], about))
    with pytest.raises(InputError, match="is for digits, and the models learnt Fashion-MNIST; "):
        demo.page([path], {"cnn": "#0072B2"}, tmp_path)


def test_data_ends_no_script():
    text = demo.plain("models", ["</script><b>"])
    assert text.count("</script>") == 1
    content = text.partition(">")[2].rpartition("</script>")[0]
    assert json.loads(content) == ["</script><b>"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not on PATH; it builds the page")
def test_the_same_models_are_the_same_page(tmp_path, monkeypatch):
    path = tmp_path / "a_dynamic_int8.tflite"
    about = {"name": "a", "model": "a", "seeds": [0], "dataset": "mnist"}
    about |= {"validation_accuracy": 0.9, "unsure_below": 0.5}
    path.write_bytes(card.attached(b"model", demo.DIGITS, about))
    monkeypatch.chdir(ROOT)
    first, second = (demo.page([path], {"a": "#0072B2"}, tmp_path / name) for name in "xy")
    assert first == second
    assert b"MNIST" in first and b"Apache License" in first


def test_every_constant_of_the_preparation_is_in_the_page():
    from pipelines.edge import preparation

    used = {
        line.split('constants["')[1].split('"')[0]
        for path in DEMO.glob("*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if 'constants["' in line
    }
    assert used and used <= preparation.constants().keys()
