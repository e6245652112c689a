import copy
import inspect
import re
import sys

import pytest
import yaml

from conftest import ROOT, at_head, run
from mnist import params
from mnist.errors import Refused

TEXT = at_head("params.yaml")
WRONG = {
    "cnn.dropout": (1.0, "a number from 0 to below 1"),
    "ann.dropout": (-0.1, "a number from 0 to below 1"),
    "cnn.epochs": (0, "a whole number from 1 to 10000"),
    "ann.epochs": (2.5, "a whole number"),
    "cnn.batch_size": (1, "a whole number from 2"),
    "ann.learning_rate": ("fast", "a number from 1e-06 to 10"),
    "cnn.learning_rate": (float("nan"), "a number"),
    "ann.weight_decay": (float("inf"), "a number from 0 to 10"),
    "cnn.label_smoothing": (True, "a number"),
    "cnn.averaging": (1, "below 1"),
    "ann.widths": ([], "a list of 1 to 8 values"),
    "cnn.widths": ([16, 32], "a list of 4 values"),
    "fetch.dataset": ("cifar", "one of mnist, optdigits"),
    "preprocess.validation": (0.9, "a number from 0.01 to 0.5"),
    "preprocess.seed": (-1, "a whole number from 0"),
    "compute.device": ("gpu", "one of cpu, cuda, mps, auto"),
    "compute.threads": (0, "a whole number from 1"),
    "augment.rotation": (None, "a number from 0 to 180"),
    "seeds": ([0, 0], "all different"),
    "generalize.others": ("../digits", "a list of 0 to 100 values, each a text, all different"),
    "cnn.dropuot": (0.3, "unknown"),
    "augment": (3, "expected the keys ones"),
}


def changed(name, value):
    values = copy.deepcopy(yaml.safe_load(TEXT))
    section = values
    *parents, key = name.split(".")
    for parent in parents:
        section = section[parent]
    section[key] = value
    return values


def test_the_committed_parameters_are_accepted_and_not_altered(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(TEXT, encoding="utf-8")
    assert params.load(path) == yaml.safe_load(TEXT)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_parameter_is_refused_with_its_full_name_and_what_was_expected(name, tmp_path):
    value, expected = WRONG[name]
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(changed(name, value)))
    with pytest.raises(Refused) as refusal:
        params.load(path)
    message = str(refusal.value)
    assert message.startswith(name) and expected in message and "\n" not in message


@pytest.mark.parametrize("text", ["", "- a", "cnn: {", "cnn: [1", "\x00", "3"])
def test_what_is_no_mapping_of_sections_is_refused_in_a_line(text, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(Refused, match=r"^(?!.*\n)"):
        params.load(path)


def test_a_missing_key_is_named():
    values = changed("seeds", [0])
    del values["cnn"]["dropout"]
    assert list(params.problems(values)) == ["cnn.dropout is missing"]


@pytest.mark.parametrize(("text", "value"), [("1e-3", 1e-3), ("5e-05", 5e-5), ("2.5E-2", 0.025)])
def test_scientific_notation_is_a_number_as_it_is_for_dvc(text, value, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(re.sub("learning_rate: .*", f"learning_rate: {text}", TEXT))
    assert params.load(path)["cnn"]["learning_rate"] == value


def test_a_section_holds_exactly_the_keyword_arguments_of_its_function():
    from mnist import augment, compute, data, sources, training

    def keywords(function):
        return {
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }

    values = yaml.safe_load(TEXT)
    assert values["fetch"].keys() == keywords(sources.fetch)
    assert values["preprocess"].keys() == keywords(data.split)
    assert values["compute"].keys() == keywords(compute.prepare)
    assert values["augment"].keys() == keywords(augment.augment)
    assert values["ann"].keys() == values["cnn"].keys() == keywords(training.train)


@pytest.mark.parametrize("name", list(WRONG)[:12])
def test_a_stage_refuses_before_it_imports_anything_heavy_or_writes_anything(name, tmp_path):
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(changed(name, WRONG[name][0])))
    script = ROOT / "stages" / "train_cnn.py"
    shown = run(
        sys.executable, "-X", "importtime", script, "--seed", "0", cwd=tmp_path, ok=False
    ).splitlines()
    message = [line for line in shown if not line.startswith("import time:")]
    assert len(message) == 1 and message[0].startswith(f"train_cnn: {name}")
    assert not any("torch" in line or "numpy" in line for line in shown)
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]
