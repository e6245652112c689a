"""What benchmarks/ at HEAD measured is the recipe at HEAD."""

import io

import pandas as pd
import pytest
import yaml

from conftest import at_head


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_the_committed_dropout_has_the_committed_figures(name):
    table = pd.read_csv(io.StringIO(at_head("benchmarks/dropout.csv")))
    dropout = yaml.safe_load(at_head("params.yaml"))[name]["dropout"]
    measured = table[(table["model"] == name) & (table["dropout"] == dropout)]
    networks = pd.read_csv(io.StringIO(at_head("metrics/seeds.csv")))
    for part in ("train", "validation"):
        committed = networks[(networks["model"] == name) & (networks["part"] == part)]
        assert measured[f"{part}_accuracy"].tolist() == committed["accuracy"].tolist()
        assert measured["seed"].tolist() == committed["seed"].tolist()
    assert table["dropout"].nunique() >= 3


def test_the_readme_says_what_dropout_does():
    table = pd.read_csv(io.StringIO(at_head("benchmarks/dropout.csv")))
    error = 100 - 100 * table.groupby(["model", "dropout"])["validation_accuracy"].mean()
    params = yaml.safe_load(at_head("params.yaml"))

    def at(dropout):
        return [
            f"{error[name, params[name]['dropout'] if dropout is None else dropout]:.2f} %"
            for name in ("ann", "cnn")
        ]

    none, usual, half = at(0.0), at(None), at(0.5)
    claim = (
        f"without any, the validation error is {none[0]} (ANN) and {none[1]} (CNN), with the "
        f"committed dropout {usual[0]} and {usual[1]}, with 0.5 it is {half[0]} and {half[1]}"
    )
    assert claim in " ".join(at_head("README.md").split()), claim
