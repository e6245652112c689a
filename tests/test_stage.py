import sys

import pytest

from mnist import stage
from mnist.errors import Refused


@pytest.fixture(autouse=True)
def script(monkeypatch):
    monkeypatch.setattr("mnist.params.load", lambda: {"cnn": {"dropout": 0.2}, "seeds": [0, 3]})
    monkeypatch.setattr(sys, "argv", ["stages/train_cnn.py", "--seed", "3"])


def test_main_gets_its_sections_and_its_command_line():
    called = []
    stage.run(lambda seed, cnn: called.append((seed, cnn)))
    assert called == [(3, {"dropout": 0.2})]


@pytest.mark.parametrize("error", [Refused("no such digit"), OSError("disk full")])
def test_what_is_refused_ends_in_one_line(error):
    def main(seed):
        raise error

    with pytest.raises(SystemExit) as stopped:
        stage.run(main)
    assert stopped.value.code == f"train_cnn: {error}"


def test_a_bug_keeps_its_traceback():
    def main(seed):
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        stage.run(main)


def test_a_stage_may_add_arguments_of_its_own(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["stages/predict.py", "a.png"])
    called = []
    add = lambda parser: parser.add_argument("images", nargs="*")  # noqa: E731
    stage.run(lambda seeds, images: called.append((seeds, images)), add)
    assert called == [([0, 3], ["a.png"])]


@pytest.mark.parametrize("arguments", [[], ["--seed", "x"], ["--seed", "1"], ["--sed", "3"]])
def test_a_wrong_command_line_is_a_usage_error(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["stages/train_cnn.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        stage.run(lambda seed: None)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("train_cnn: ") and said.endswith("; see --help\n")
    assert said.count("\n") == 1
