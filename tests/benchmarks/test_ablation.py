import pandas as pd
import pytest
import yaml

import ablation
from helpers import ROOT


@pytest.fixture
def settings():
    return yaml.safe_load((ROOT / "tests" / "params.yaml").read_text())


@pytest.mark.parametrize("name", ["ann", "cnn"])
@pytest.mark.parametrize("change", ablation.CHANGES)
def test_a_change_changes_what_it_names_and_nothing_else(name, change, settings):
    before = {**settings[name], **settings["augment"]}
    recipe, augmentation = ablation.changed(settings, name, ablation.CHANGES[change])
    after = {**recipe, **augmentation}
    differing = {key for key in before if before[key] != after[key]}
    assert differing <= ablation.CHANGES[change].keys()
    assert bool(differing) == ((name, change) in ablation.plan(settings))
    assert {**settings[name], **settings["augment"]} == before


def test_a_change_that_does_nothing_has_no_effect_and_a_bad_one_is_found():
    wrong = {"as it is": range(0, 40), "same": range(0, 40), "bad": range(0, 120)}
    lines = pd.DataFrame(
        {
            "model": "cnn",
            "change": change,
            "seed": seed,
            "wrong": " ".join(map(str, each)),
            "corrupted_accuracy": 0.9 if change == "bad" else 0.93,
        }
        for change, each in wrong.items()
        for seed in range(3)
    )
    times = {("cnn", change): 1.0 for change in wrong}
    same, bad = ablation.effects(lines, times).to_dict("records")
    assert same["effect"] == 0 and same["low"] <= 0 <= same["high"]
    assert bad["effect"] == pytest.approx(0.8) and bad["low"] > 0.5
    assert same["corrupted_effect"] == 0 and bad["corrupted_effect"] == pytest.approx(3)
