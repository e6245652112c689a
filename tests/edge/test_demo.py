"""How the page is built: from pinned packages, or with one line that says why not."""

import json
import shutil

import pytest

from helpers import ROOT
from mnist.core.errors import InputError
from pipelines.edge import demo
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
