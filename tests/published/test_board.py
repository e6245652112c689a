"""The board of time to an accuracy is that of its runs, by the rule that it names."""

import pandas as pd

import learning
import schedules
import speed
from helpers import table


def test_the_board_is_that_of_the_runs(read):
    again = speed.summary(read("speed_runs"), learning.HELD)
    pd.testing.assert_frame_equal(again, read("speed"), check_dtype=False)
    assert (read("speed")["seeds"] == speed.ROUNDS).all()
    entries = {f"{name} to {100 * target:.1f} %" for name, target in speed.ENTRIES}
    assert set(read("speed")["entry"]) == entries | {speed.BASELINE}


def test_the_board_and_its_trials_are_of_the_committed_recipes(settings, read):
    recipes = {entry: recipe for entry, (*_, recipe) in speed.entries(settings).items()}
    assert (read("speed_runs")["recipe"] == read("speed_runs")["entry"].map(recipes)).all()
    tried = {
        (name, schedules.in_words(change)): speed.digest(settings, name, change)
        for name, changes in schedules.TRIALS.items()
        for change in changes
    }
    lines = read("speed_trials")
    for row in lines.itertuples():
        assert row.recipe == tried[row.network, row.change]
    assert set(zip(lines["network"], lines["change"], lines["seed"], strict=True)) == {
        (*each, seed) for each in tried for seed in schedules.SEEDS
    }


def test_an_entry_of_the_board_is_the_cheapest_trial_that_its_rule_lets_through(page, read):
    tried = read("speed_trials").groupby(["network", "change"])[["units", "accuracy"]].mean()
    for (name, target), change in speed.ENTRIES.items():
        least = target + speed.MARGIN - 1e-9
        enough = tried.loc[name][tried.loc[name]["accuracy"] >= least]
        assert enough["units"].idxmin() == schedules.in_words(change), (name, target)
    counts = {name: len(tried.loc[name]) for name in ("cnn", "ann")}
    assert f"{counts['cnn']} were tried of the CNN and {counts['ann']} of the ANN" in page
    assert f"{100 * speed.MARGIN:.2f} points above the target on the mean" in page


def test_what_is_not_on_the_board_was_reached_by_no_trial(page, read):
    tried, longer = read("speed_trials").rename(columns={"network": "model"}), table("trials")
    longer["accuracy"] = longer["validation_accuracy"].astype(float)
    best = pd.concat([tried, longer]).groupby("model")["accuracy"].max()
    assert best["cnn"] < 0.997 and best["ann"] < 0.995
    cnn, ann = (f"{100 * best[name]:.2f} %" for name in ("cnn", "ann"))
    assert f"the best are at {cnn} for the CNN and {ann} for the ANN" in page
