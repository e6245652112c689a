import pandas as pd
import pytest
import torch

import schedules
import speed
from helpers import ROOT
from mnist.core import params

SETTINGS = {
    "cnn": {"epochs": 12, "batch_size": 256},
    "augment": {"noise": 0.3, "rotation": 10.0},
    "seeds": [0],
    "compute": {},
}


def test_an_entry_changes_the_recipe_the_augmentation_and_the_images(monkeypatch):
    monkeypatch.setattr(speed.learning, "train", lambda *given: given)
    function = speed.ours(SETTINGS, "cnn", {"epochs": 1, "noise": 0.0, "images": 5})
    name, seed, recipe, augment, part = function(torch.arange(9), torch.arange(9), 7)
    assert (name, seed) == ("cnn", 7) and recipe == {"epochs": 1, "batch_size": 256}
    assert augment == {"noise": 0.0, "rotation": 10.0} and len(part[1]) == 5


def test_every_entry_changes_keys_that_there_are_and_names_a_target():
    settings = params.read(ROOT / "tests" / "params.yaml")
    known = {"images", *settings["augment"]}
    for (name, target), change in speed.ENTRIES.items():
        assert change.keys() <= known | settings[name].keys() and 0.9 < target < 1
    for name, changes in schedules.TRIALS.items():
        assert all(change.keys() <= known | settings[name].keys() for change in changes)


def test_a_round_measures_all_in_units_of_the_first(monkeypatch):
    seconds = iter([2.0, 3.0])
    monkeypatch.setattr(speed, "timed", lambda *given: (next(seconds), 0.99))
    board = {"base": ("base", None, None, "b"), "cnn to 99.0 %": ("cnn", 0.99, None, "c")}
    lines = speed.turn(board, None, None, 4)
    assert [line["units"] for line in lines] == [1.0, 1.5]
    assert [line["recipe"] for line in lines] == ["b", "c"]
    assert {line["seed"] for line in lines} == {4}


def test_the_board_has_medians_and_says_how_many_seeds_reached_the_target():
    lines = [("b", "b", None, s, 1.0, 0.98) for s in range(3)]
    lines += [("cnn to 99.0 %", "cnn", 0.99, s, u, a) for s, u, a in
              ((0, 0.3, 0.989), (1, 0.5, 0.990), (2, 0.4, 0.994))]  # fmt: skip
    table = pd.DataFrame(lines, columns=["entry", "network", "target", "seed", "units", "accuracy"])
    base, ours = speed.summary(table, 10_000).to_dict("records")
    assert base["units"] == 1 and base["error"] == pytest.approx(0.02)
    assert (ours["units"], ours["least"], ours["most"], ours["reached"]) == (0.4, 0.3, 0.5, 2)
    assert ours["low"] < ours["error"] < ours["high"]


def test_finished_rounds_are_skipped_and_a_new_entry_runs_beside_the_baseline(
    tmp_path, monkeypatch
):
    for name in ("RUNS", "BOARD"):
        monkeypatch.setattr(speed, name, tmp_path / f"{name}.csv")
    monkeypatch.setattr(speed, "ROUNDS", 2)
    monkeypatch.setattr(speed.measuring, "settings", lambda: SETTINGS)
    monkeypatch.setattr(speed.device, "prepare", lambda: None)
    held = torch.zeros(10, 28, 28), torch.zeros(10, dtype=int)
    monkeypatch.setattr(speed.learning, "parts", lambda settings: (held, held))
    asked = []

    def timed(function, learnt, held, seed):
        asked.append(seed)
        return 1.0, 0.99

    monkeypatch.setattr(speed, "timed", timed)
    monkeypatch.setattr(speed, "warm", lambda learnt: None)
    monkeypatch.setattr(speed, "ENTRIES", {("cnn", 0.99): {"epochs": 1}})
    speed.main()
    speed.main()
    assert asked == [0, 0, 1, 1]
    monkeypatch.setitem(speed.ENTRIES, ("cnn", 0.995), {"epochs": 2})
    speed.main()
    assert len(asked) == 10 and len(pd.read_csv(speed.BOARD)) == 3
    monkeypatch.setitem(speed.ENTRIES, ("cnn", 0.99), {"epochs": 3})
    speed.main()
    assert len(asked) == 16, "lines of another recipe are not kept"
    monkeypatch.delitem(speed.ENTRIES, ("cnn", 0.995))
    speed.main()
    assert len(asked) == 16 and len(pd.read_csv(speed.BOARD)) == 2
    monkeypatch.setattr(speed, "ROUNDS", 1)
    speed.main()
    assert len(asked) == 16 and set(pd.read_csv(speed.BOARD)["seeds"]) == {1}


def test_a_trial_is_named_by_what_it_changes_and_no_two_alike():
    change = {"epochs": 3, "widths": [8, 8], **schedules.MILD}
    assert schedules.in_words(change) == "epochs=3 widths=[8, 8] mild"
    for changes in schedules.TRIALS.values():
        words = [schedules.in_words(each) for each in changes]
        assert len(set(words)) == len(words)
