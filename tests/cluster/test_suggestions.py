"""What is tried next, what a trial that ended becomes, and which trials are gone on with."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from helpers import ROOT
from imported import EXEMPT, reached
from mnist.core.errors import InputError

pytest.importorskip("ray", reason="it is in the environment that 'make search' makes")

from pipelines.cluster import search, summarise
from pipelines.cluster.tuning import study, suggestions

SPACE = {
    "learning_rate": {"low": 0.001, "high": 0.03, "scale": "log"},
    "dropout": {"low": 0.0, "high": 0.4, "scale": "linear"},
    "widths": {"choices": [[16], [32], [32, 16]]},
}


def tried(count):
    rng = np.random.default_rng(0)
    return [
        study.Trial(
            number,
            {"learning_rate": 0.01 * rng.random() + 0.002, "dropout": 0.1, "widths": [16]},
            [{"loss": float(rng.random()), "accuracy": 0.9, "gap": 0.0}] * 2,
            {"parameters": 1, "multiply_accumulates": 1},
            study.FINISHED,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 8])
def test_a_suggestion_depends_on_its_number_and_on_what_ended_alone(count):
    ended = tried(count)
    first, again = (
        suggestions.suggested(SPACE, count, each, [], 0) for each in (ended, ended[::-1])
    )
    assert first == again
    assert set(first) == set(SPACE) and first["widths"] in SPACE["widths"]["choices"]
    assert float(f"{first['learning_rate']:.3g}") == first["learning_rate"]
    assert suggestions.suggested(SPACE, count + 1, ended, [], 0) != first
    assert suggestions.suggested(SPACE, count, ended, [], 1) != first
    assert suggestions.suggested(SPACE, count, ended, [first], 0)


def test_a_scheduler_knows_the_trials_before():
    ended = tried(9)
    found = suggestions.scheduler(9, [])
    for each in (found, suggestions.scheduler(9, ended)):
        stand_in = type("Stand-in", (), {"trial_id": "now"})()
        each.on_trial_add(None, stand_in)
        bad = {suggestions.EPOCH: 1, suggestions.METRIC: 99.0}
        said = each.on_trial_result(None, stand_in, bad)
        assert said == ("CONTINUE" if each is found else "STOP")


def test_a_trial_that_ends_is_handed_on_once_and_its_number_is_not_given_again():
    ended = []
    asked = suggestions.Suggestions(SPACE, tried(1), 3, 2, 0, lambda values: {}, ended.append)
    values = [asked.suggest(name) for name in ("a", "b")]
    assert values[0] != values[1] and asked.suggest("c") == "FINISHED"
    for number in (1, 2):
        result = {"loss": 0.5 / number, "accuracy": 0.9, "gap": 0.0, suggestions.EPOCH: number}
        asked.on_trial_result("b", result)
    asked.on_trial_complete("b", result)
    asked.on_trial_complete("a", None, error=True)
    (trial,) = ended
    assert (trial.number, trial.state, trial.loss) == (2, study.FINISHED, 0.25)


@pytest.mark.parametrize("before", [0, 1])
def test_a_trial_that_overflows_has_ended_and_is_the_worst(before):
    ended = []
    asked = suggestions.Suggestions(SPACE, [], 3, 2, 0, lambda values: {}, ended.append)
    asked.suggest("a")
    for number in range(1, before + 1):
        result = {"loss": 0.5, "accuracy": 0.9, "gap": 0.0, suggestions.EPOCH: number}
        asked.on_trial_result("a", result)
    asked.on_trial_complete("a", {**suggestions.OVERFLOWED, suggestions.EPOCH: before + 1})
    (trial,) = ended
    assert (trial.number, trial.state, len(trial.epochs)) == (0, study.FAILED, before)
    assert trial.loss == np.inf and json.loads(json.dumps(asdict(trial), allow_nan=False))
    assert suggestions.suggested(SPACE, 9, [*tried(8), replace(trial, number=8)], [], 0)
    suggestions.scheduler(9, [trial])
    last = summarise.rows("ann", [trial, *tried(2)])[-1]
    assert last["state"] == study.FAILED and last["loss"] == (0.5 if before else None)
    with pytest.raises(InputError, match="no trial finished, and 1 of 1 overflowed"):
        study.best([trial])


def test_a_rounded_suggestion_stays_in_its_range():
    for value, values in ((0.0123456, {}), (0.00123449, {"low": 0.0012344}), (0.12351, {})):
        ends = {"low": 0.001, "high": 0.12352, **values}
        assert ends["low"] <= suggestions.rounded(value, ends) <= ends["high"]
    assert suggestions.rounded(0.0123456, ends) == 0.0123


def test_the_trials_of_other_code_are_not_gone_on_with():
    """All that a trial rests on decides its file, but for how Ray is joined."""
    known = {Path(file).relative_to(ROOT).as_posix() for file in search.code("ann")}
    known |= {Path(file).relative_to(ROOT).as_posix() for file in search.code("cnn")}
    assert reached(search.__file__) - EXEMPT - known == {"pipelines/cluster/joining.py"}
