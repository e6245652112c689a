"""What is said of the strong setting is what was measured with it."""

import re

import numpy as np
import pandas as pd
import pytest

import learning
import strong
from helpers import published, table
from mnist.evaluation import statistics


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_a_trial_changes_what_it_names_and_its_committed_line_is_of_that(name, settings):
    before = {**settings[name], **settings["augment"]}
    lines = table("trials").set_index("change")
    for change, keys in strong.TRIALS[name].items():
        recipe = strong.changed(settings, name, keys)
        assert {**recipe[0], **recipe[1]} == {**before, **keys}
        assert lines.loc[change, "recipe"] == learning.digest(*recipe)
    assert set(lines.query("model == @name").index) == set(strong.TRIALS[name])


def strong_rows():
    """Return the table of benchmarks/README.md on the strong setting, from the committed lines."""
    for name, lines in table("strong").groupby("model"):
        one, accuracies = lines.iloc[0], 100 * lines["test_accuracy"].astype(float)
        cells = [name.upper(), one["widths"].replace(" ", ", "), one["epochs"]]
        cells += [f"{int(one['parameters']):,}"]
        cells += [f"{100 * lines['validation_accuracy'].astype(float).mean():.2f} %"]
        each = ", ".join(f"{accuracy:.2f}" for accuracy in accuracies)
        yield f"| {' | '.join(map(str, cells))} | {accuracies.mean():.2f} % ({each}) |"


def trial_rows():
    """Return the table of benchmarks/README.md on the settings tried, from the committed lines."""
    first, tried = table("ablation").query("change == 'as it is' and seed == 0"), table("trials")
    for line in pd.concat([first[first["model"].isin(tried["model"])], tried]).itertuples():
        error = 100 - 100 * float(line.validation_accuracy)
        corrupted = 100 - 100 * float(line.corrupted_accuracy)
        yield f"| {line.model.upper()} | {line.change} | {error:.2f} % | {corrupted:.1f} % |"


def wrong(line):
    """Return which of the held images a trial got wrong, bool (n,)."""
    return np.isin(range(learning.HELD), [int(each) for each in line["wrong"].split()])


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_no_trial_is_better_than_the_chosen_one_by_more_than_chance(name):
    lines = table("trials").query("model == @name").set_index("change")
    tried = strong.TRIALS[name]
    (chosen,) = [change for change, keys in tried.items() if keys == strong.CHOSEN[name]]
    ours = wrong(lines.loc[chosen])
    for change in tried.keys() - {chosen}:
        theirs = wrong(lines.loc[change])
        fewer = theirs.sum() < ours.sum()
        assert (
            not fewer or statistics.mcnemar((ours & ~theirs).sum(), (theirs & ~ours).sum()) > 0.05
        )
        assert name == "cnn" or ours.sum() - theirs.sum() <= 1
    corrupted = lines["corrupted_accuracy"].astype(float)
    others = [change for change in tried if "plain" in change or "elastic" in change]
    assert len(others) == 3 and (corrupted[others] < corrupted[chosen]).all()
    text = " ".join(published("benchmarks/README.md").split())
    assert "no trial makes fewer errors on the clean images by more than chance" in text
    assert "and none of the ANN's by more than one image" in text
    assert "plain and elastic ones make more on the corrupted" in text


def test_all_trials_of_the_ann_are_better_than_its_recipe_and_none_of_the_cnn_s():
    recipes = table("ablation").query("change == 'as it is' and seed == 0").set_index("model")
    better = {"ann": [], "cnn": []}
    for _, line in table("trials").iterrows():
        before, after = wrong(recipes.loc[line["model"]]), wrong(line)
        p = statistics.mcnemar((before & ~after).sum(), (after & ~before).sum())
        better[line["model"]].append(after.sum() < before.sum() and p < 0.05)
    assert all(better["ann"]) and not any(better["cnn"])
    text = " ".join(published("benchmarks/README.md").split())
    assert "all of the ANN's make fewer errors by more than chance, and none of the CNN's" in text


def test_the_note_s_tables_of_the_strong_setting_are_what_was_measured():
    rows = [*strong_rows(), *trial_rows()]
    assert all(row in published("benchmarks/README.md") for row in rows), "\n".join(rows)


def test_the_strong_setting_has_three_seeds_and_is_that_of_the_makefile():
    lines, makefile = table("strong"), published("Makefile")
    assert (lines.groupby("model")["seed"].nunique() >= 3).all()
    for line in lines.itertuples():
        assert re.search(rf"-S {line.model}.epochs={line.epochs}\s", makefile)
        assert f"'{line.model}.widths=[{line.widths.replace(' ', ',')}]'" in makefile
