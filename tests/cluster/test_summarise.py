"""The table of a search, and what its best setting is worth over seeds."""

from dataclasses import asdict

import pandas as pd
import pytest

reason = "it is in the environment that 'make search' makes"
pytest.importorskip("ray", reason=reason)

from mnist.core import files  # noqa: E402
from pipelines.cluster import confirm, search, summarise  # noqa: E402
from pipelines.cluster.tuning import spaces, study  # noqa: E402


def trial(number, loss, state=study.FINISHED):
    epochs = [{"loss": loss, "accuracy": 1 - loss, "gap": 0.01}]
    costs = {"parameters": 5, "multiply_accumulates": 10}
    return study.Trial(number, {"widths": [8]}, epochs, costs, state)


def test_the_best_trial_comes_first_and_pruned_ones_last():
    trials = [trial(0, 0.3), trial(1, 0.1, study.PRUNED), trial(2, 0.2)]
    found = summarise.rows("cnn", trials)
    assert [row["trial"] for row in found] == [2, 0, 1]
    assert [row["on_front"] for row in found] == [True, False, False]
    assert found[0]["values"] == '{"widths": [8]}' and found[0]["accuracy"] == 0.8


def test_both_settings_are_means_over_seeds_and_their_difference_has_an_interval():
    lines = pd.DataFrame(
        [
            {"model": model, "setting": setting, "seed": seed, "loss": loss + seed / 100}
            | {"accuracy": 1 - loss - seed / 100, "gap": 0.1, "multiply_accumulates": 10}
            for model, shift in (("ann", 0.5), ("cnn", 0.0))
            for setting, loss in (("default", 0.2 + shift), ("best", 0.1 + shift))
            for seed in (0, 1)
        ]
    )
    found = summarise.confirmed("cnn", lines)
    assert found["default"]["loss"] == 0.205 and found["best"]["accuracy"] == 0.895
    assert found["loss_difference"] == {"difference": -0.1, "low": -0.1, "high": -0.1}
    assert found["accuracy_difference"]["difference"] == pytest.approx(0.1)


def test_what_a_search_left_becomes_a_table_figures_and_the_line_to_run(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    trials = [trial(0, 0.3), trial(1, 0.1, study.PRUNED), trial(2, 0.2)]
    files.write_json(search.OUT / "cnn.json", [asdict(each) for each in trials])
    measured = {"model": "cnn", "accuracy": 0.9, "gap": 0.0, "multiply_accumulates": 10}
    lines = [
        {**measured, "setting": setting, "seed": seed, "loss": loss}
        for setting, loss in (("default", 0.4), ("best", 0.25))
        for seed in (0, 1)
    ]
    files.write_json(confirm.OUT, lines)
    space = {"cnn": {"widths": {"choices": [[8], [16]]}}}
    summarise.main({"seed": 0}, space)
    found = files.read_json(summarise.HERE / "metrics" / "search.json")["cnn"]
    assert (found["trials"], found["pruned"]) == (3, 1)
    assert found["best"] == {"trial": 2, "loss": 0.2, "widths": [8]}
    assert found["confirmed"]["loss_difference"]["difference"] == -0.15
    assert found["command"] == "dvc exp run -S 'cnn.widths=[8]'"
    assert found["command"] in capsys.readouterr().out
    assert len(pd.read_csv(summarise.HERE / "metrics" / "search.csv")) == 3
    drawn = sorted(path.name for path in (summarise.HERE / "plots").iterdir())
    assert drawn == ["search_front.png", "search_history.png", "search_importances.png"]


def test_the_line_to_run_a_setting_is_quoted_where_the_shell_would_read_it():
    values = {"dropout": 0.1, "widths": [8, 16]}
    line = "dvc exp run -S cnn.dropout=0.1 -S 'cnn.widths=[8,16]'"
    assert spaces.command("cnn", values) == line


def test_differences_are_paired_by_seed():
    found = summarise.difference([0.5, 0.6, 0.7], [0.4, 0.5, 0.6])
    assert found["difference"] == found["low"] == found["high"] == 0.1
    assert set(summarise.difference([1.0], [2.0])) == {"difference"}
