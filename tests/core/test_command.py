import errno
import os
import subprocess
import sys

import pytest

from helpers import ROOT
from mnist.core import command
from mnist.core.accepted_values import below
from mnist.core.errors import InputError

TABLES = {"cnn": {"dropout": below(1)}}
VALUES = {"seeds": [0, 3], "cnn": {"dropout": 0.2}, "ann": {}}


@pytest.fixture(autouse=True)
def script(monkeypatch):
    found = {"own.yaml": {"edge": {"dropout": 0.3}}}
    monkeypatch.setattr("mnist.core.params.read", lambda path="": found.get(path, VALUES))
    monkeypatch.setattr(sys, "argv", ["stages/train_cnn.py", "--seed", "3"])


def test_main_gets_its_sections_the_models_and_its_command_line():
    called = []
    command.run(lambda seed, cnn, models: called.append((seed, cnn, models)), TABLES)
    assert called == [(3, {"dropout": 0.2}, ["cnn", "ann"])]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("no such digit"), "no such digit"),
        (OSError("disk full"), "disk full"),
        (
            OSError(errno.ENOSPC, "No space left on device", "data/a.npz"),
            "data/a.npz: No space left on device; free some space, then give the same command "
            "again",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "metrics/a.json"),
            "metrics/a.json: Permission denied; give yourself permission: chmod -R u+rwX on its "
            "folder",
        ),
        (
            OSError(errno.EIO, "Input/output error", "a"),
            "a: Input/output error; see to it, then give the same command again",
        ),
        (InputError("two\nlines of https://me:secret@host"), "two lines of https://host"),
    ],
)
def test_what_a_person_can_mend_ends_in_one_line(error, said):
    def main(seed):
        raise error

    with pytest.raises(SystemExit) as stopped:
        command.run(main)
    assert stopped.value.code == f"train_cnn: {said}"


def test_a_reader_that_stops_reading_ends_it_quietly():
    code = (
        "import sys; sys.argv = ['stages/train_cnn.py']; from mnist.core import command, params; "
        "params.read = lambda path='': {'seeds': [0]}; "
        "command.run(lambda: [print('x' * 100) for _ in range(10_000)])"
    )
    line = [sys.executable, "-c", code]
    writer = subprocess.Popen(
        line,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "stages")},
    )
    assert writer.stdout.readline().startswith(b"x")
    writer.stdout.close()
    assert writer.stderr.read() == b"" and writer.wait() == 1


def test_a_bug_keeps_its_traceback():
    def main(seed):
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        command.run(main)


def test_a_section_is_checked_before_main_is_called(monkeypatch):
    monkeypatch.setitem(VALUES, "cnn", {"dropout": 2})
    with pytest.raises(SystemExit) as stopped:
        command.run(lambda cnn: pytest.fail("called"), TABLES)
    assert stopped.value.code.startswith("train_cnn: cnn.dropout is 2, expected")


def test_sections_of_another_file_are_known_and_checked_by_its_name(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["export.py"])
    called, accepted = [], {"dropout": below(1)}
    command.run(
        lambda edge, models: called.append((edge, models)), others={"own.yaml": {"edge": accepted}}
    )
    assert called == [({"dropout": 0.3}, ["cnn", "ann"])]
    with pytest.raises(SystemExit) as stopped:
        command.run(lambda edge: None, others={"own.yaml": {"edge": {"dropout": below(0.1)}}})
    assert stopped.value.code.startswith("export: edge.dropout is 0.3")
    assert "mend own.yaml" in stopped.value.code


def test_a_section_that_is_missing_is_named(monkeypatch):
    monkeypatch.delitem(VALUES, "cnn")
    with pytest.raises(SystemExit, match="train_cnn: cnn is missing"):
        command.run(lambda cnn: None, TABLES)


def test_a_section_without_a_table_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["search.py"])
    with pytest.raises(SystemExit, match=r"search: own.yaml has no section space; mend own.yaml"):
        command.run(lambda edge, space: None, others={"own.yaml": {"edge": {"dropout": below(1)}}})


def test_a_section_of_the_root_is_refused_in_another_file_whose_value_would_count(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["export.py"])
    monkeypatch.setitem(VALUES, "edge", {"dropout": 0.1})
    with pytest.raises(SystemExit, match=r"own.yaml has edge, which belongs to params.yaml alone"):
        command.run(lambda edge: None, others={"own.yaml": {"edge": {"dropout": below(1)}}})


def test_a_stage_may_add_arguments_of_its_own(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["stages/predict.py", "a.png"])
    called = []
    add = lambda parser: parser.add_argument("images", nargs="*")  # noqa: E731
    command.run(lambda seeds, images: called.append((seeds, images)), add=add)
    assert called == [([0, 3], ["a.png"])]


@pytest.mark.parametrize("arguments", [[], ["--seed", "x"], ["--seed", "1"], ["--sed", "3"]])
def test_a_wrong_command_line_is_a_usage_error(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["stages/train_cnn.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command.run(lambda seed: None)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("train_cnn: ") and said.endswith("; see --help\n")
    assert said.count("\n") == 1
