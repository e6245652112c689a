import copy
import os
import sys

import pytest
import yaml
from dvc.utils.serialize import load_yaml

from helpers import ROOT, run
from mnist.core import params
from mnist.core.accepted_values import below, whole
from mnist.core.errors import InputError

TABLES = {"seeds": params.SEEDS, "cnn": {"dropout": below(1), "epochs": whole(1, 9)}}
VALUES = {"seeds": [0, 1], "cnn": {"dropout": 0.2, "epochs": 3}}


def written(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(changes):
    values = copy.deepcopy(VALUES)
    for name, value in changes.items():
        section, _, key = name.partition(".")
        if key:
            values[section][key] = value
        else:
            values[section] = value
    return list(params.problems(values, TABLES))


def test_what_is_accepted_has_no_problems():
    assert problems({}) == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("cnn.dropout", 1.5, "cnn.dropout is 1.5, expected a number from 0 to below 1"),
        ("cnn.dropuot", 0.3, "cnn.dropuot is unknown, expected one of dropout, epochs"),
        ("cnn", 3, "cnn is 3, expected the keys dropout, epochs"),
        ("seeds", [0, 0], "seeds is [0, 0], expected a list of 1 to 100 values"),
        ("rnn", {}, "rnn is unknown, expected one of seeds, cnn"),
    ],
)
def test_a_problem_names_the_key_in_full_and_what_was_expected(name, value, says):
    (problem,) = problems({name: value})
    assert problem.startswith(says)


def test_a_missing_key_is_named_and_all_problems_make_one_line():
    values = {"seeds": [0], "cnn": {"epochs": 0}}
    with pytest.raises(InputError) as error:
        params.check(values, TABLES)
    message = str(error.value)
    assert "cnn.dropout is missing; cnn.epochs is 0" in message and "\n" not in message
    assert message.endswith(
        "('rm params.yaml && git checkout HEAD params.yaml' undoes an experiment's change)"
    )


def test_models_are_the_sections_that_are_nothing_else_in_their_order():
    assert params.models({"seeds": [], "cnn": {}, "fetch": {}, "ann": {}}) == ["cnn", "ann"]
    with pytest.raises(InputError, match="has no model"):
        params.models({"seeds": [], "fetch": {}})


ALIKE = [
    "010", "1:30", "yes", "off", "1_000", "0x1F", "0o17", "1e-3", "5e-05", ".5", "~", "+1", "1.",
    "'a'", "2024-01-01", "[1, 2]", "{a: 1}", ".inf",
]  # fmt: skip


@pytest.mark.parametrize("value", ALIKE)
def test_a_value_is_read_as_dvc_reads_it(value, tmp_path):
    path = written(tmp_path, f"a: {value}\n")
    assert params.read(path) == load_yaml(str(path))


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)
BAD = {
    "a list": ("- a", "expected sections"),
    "nothing": ("", "expected sections"),
    "a number": ("3", "expected sections"),
    "a name that is a number": ("3: 4", "has 3, expected names of sections"),
    "an open bracket": ("cnn: {", "is not valid YAML"),
    "a tab": ("cnn:\n\tdropout: 1", "line 2 is not valid YAML"),
    "a byte of zero": ("\x00", "is not valid YAML"),
    "no UTF-8": (b"a: \xff", "is not valid YAML"),
    "a key twice": ("cnn: 1\ncnn: 2", "is not valid YAML: found duplicate key"),
    "an object of Python's": ("a: !!python/object:os.system x", "is not valid YAML"),
    "a tag that does not fit": ("a: !!bool foo", "is not valid YAML"),
    "a whole number without one": ('a: !!int ""', "is not valid YAML"),
    "aliases that grow": (BOMB, "has an alias"),
    "10 MB of keys": ("".join(f"k{i}: 1\n" for i in range(10**6)), "bytes, expected at most"),
    "30,000 nested lists": ("a: " + "[" * 30_000 + "]" * 30_000, "line 1 is nested more than"),
    "one level too many": ("a:\n  " + "[" * 10 + "1" + "]" * 10, "line 2 is nested more than 10"),
    "an integer of 5,000 digits": ("a: " + "9" * 5000, "is not valid YAML"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_mapping_of_sections_ends_in_one_line(kind, tmp_path):
    content, says = BAD[kind]
    path = written(tmp_path, content)
    with pytest.raises(InputError) as error:
        params.read(path)
    assert str(error.value).startswith(str(path)) and says in str(error.value)
    assert "\n" not in str(error.value)


def test_ten_levels_are_read(tmp_path):
    (values,) = params.read(written(tmp_path, "a: " + "[" * 9 + "1" + "]" * 9)).values()
    assert str(values) == "[" * 9 + "1" + "]" * 9


def test_a_missing_file_says_where_to_run_or_how_it_comes_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="run from the folder that holds dvc"):
        params.read()
    with pytest.raises(InputError) as error:
        params.read("x/params.yaml")
    back = "in x, 'git checkout HEAD params.yaml' brings it back"
    assert str(error.value) == f"x/params.yaml is not here; {back}"


@pytest.mark.parametrize("folder", ["", "x"])
def test_what_is_advised_brings_back_a_value_that_git_takes_for_unchanged(tmp_path, folder):
    there = tmp_path / folder
    there.mkdir(exist_ok=True)
    run("git", "init", "-q", cwd=tmp_path)
    run("git", "config", "core.trustctime", "false", cwd=tmp_path)  # a test cannot set that time
    for value in ("500", "5  "):  # of the same size and second, as DVC leaves it at times
        path = written(there, f"edge: {value} # images\n")
        os.utime(path, (10**9, 10**9))
        if value == "500":
            run("git", "add", ".", cwd=tmp_path)
            run("git", "commit", "-qm", "a", cwd=tmp_path)
    run("git", "checkout", "HEAD", "params.yaml", cwd=there)
    assert params.read(path) == {"edge": 5}
    advised = params.advice(path.relative_to(tmp_path)).split("'")[1]
    run("sh", "-c", advised, cwd=there)
    assert params.read(path) == {"edge": 500}


def test_a_stage_rejects_a_wrong_value_in_one_line_and_writes_nothing(tmp_path):
    values = yaml.safe_load((ROOT / "tests" / "params.yaml").read_text())
    values["cnn"]["dropout"] = 1.5
    written(tmp_path, yaml.safe_dump(values))
    command = sys.executable, "-B", ROOT / "stages" / "train_cnn.py", "--seed", "0"
    said = run(*command, cwd=tmp_path, ok=False)
    assert said.startswith("train_cnn: cnn.dropout is 1.5, expected") and said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]
