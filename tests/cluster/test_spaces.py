"""What may be searched lies inside what the project accepts; what is wrong is one line."""

import re

import pytest

from helpers import ROOT
from mnist.core import params
from mnist.core.errors import InputError
from mnist.models import ann, cnn
from mnist.training import job
from pipelines.cluster.tuning import spaces

TABLES = {"ann": job.tables(ann)["ann"], "cnn": job.tables(cnn)["cnn"]}
RANGE = {"low": 0.001, "high": 0.1, "scale": "log"}


def test_the_committed_space_and_settings_are_accepted():
    committed = params.read(ROOT / spaces.PARAMS)
    spaces.check(committed["space"], TABLES)
    params.check({"search": committed["search"]}, {"search": spaces.ACCEPTED})
    assert set(committed) == {"search", "space"}


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({}, "space: expected a section for each model"),
        ({"lenet": {"dropout": RANGE}}, "space.lenet is no model, which are ann, cnn"),
        ({"cnn": {}}, "space.cnn is empty"),
        ({"cnn": {"speed": RANGE}}, "space.cnn.speed is unknown, expected one of"),
        ({"cnn": {"epochs": RANGE}}, "space.cnn.epochs is unknown"),
        ({"cnn": {"dropout": 0.5}}, "space.cnn.dropout expected {low, high, scale} or {choices}"),
        ({"cnn": {"dropout": {"low": 0.1}}}, "expected {low, high, scale} or {choices}"),
        ({"cnn": {"dropout": {**RANGE, "high": 1.5}}}, "has high 1.5, expected a number from 0"),
        ({"cnn": {"dropout": {**RANGE, "low": "0"}}}, "has low '0', expected a number"),
        ({"cnn": {"dropout": {**RANGE, "low": 0.2}}}, "has low 0.2, expected less than high, 0.1"),
        ({"cnn": {"dropout": {**RANGE, "low": 0.0}}}, "expected more than 0 on a log scale"),
        ({"cnn": {"dropout": {**RANGE, "scale": "cubic"}}}, "expected one of log, linear"),
        ({"cnn": {"widths": RANGE}}, "has a range, but is a list of"),
        ({"cnn": {"widths": {"choices": []}}}, "expected a list of choices"),
        ({"cnn": {"widths": {"choices": [[1, 2]]}}}, "has [1, 2], expected a list of"),
    ],
)
def test_what_is_wrong_with_a_space_is_one_line(space, words):
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        spaces.check(space, TABLES)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("mend pipelines/cluster/params.yaml")


def test_a_seed_that_has_chosen_may_not_confirm():
    spaces.check_seeds({"seed": 0, "confirm": [1, 2]})
    with pytest.raises(
        InputError, match=r"search\.confirm has 2, .*; name other seeds in .*params"
    ):
        spaces.check_seeds({"seed": 2, "confirm": [1, 2]})


def test_the_line_to_run_quotes_what_a_shell_would_read():
    line = spaces.command("cnn", {"dropout": 0.1, "widths": [8, 16]})
    assert line == "dvc exp run -S cnn.dropout=0.1 -S 'cnn.widths=[8,16]'"
