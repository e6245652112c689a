"""The model cards have the committed figures."""

import json

import pytest
import yaml

import cards
from helpers import ROOT, published, published_table
from mnist.core import params

MODELS = params.models(yaml.safe_load(published("params.yaml")))


def test_every_model_has_a_card():
    assert sorted(path.stem for path in (ROOT / cards.FOLDER).glob("*.md")) == sorted(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_card_has_the_committed_figures(model):
    text = published(f"docs/models/{model}.md")
    assert cards.filled(text, model, published) == text, "run benchmarks/cards.py"
    assert [match[2] for match in cards.answer.BLOCK.finditer(text)] == list(cards.BLOCKS)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_card_says_of_the_data_and_of_the_writers_holds(model):
    text, data = published(f"docs/models/{model}.md"), json.loads(published("metrics/data.json"))
    assert f"{data['train']['images']:,} of MNIST's training images to learn from" in text
    assert f"learn from, {data['validation']['images']:,} to choose by" in text
    table = published_table("benchmarks/results/handwriting.csv")
    accuracy = table[table["model"] == model].groupby("set")["accuracy"].mean()
    assert accuracy.idxmin() == "swiss scans" and "Swiss writers are read worst" in text
