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
