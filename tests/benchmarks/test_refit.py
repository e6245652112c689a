import pandas as pd
import torch

import refit

SETTINGS = {"cnn": {"epochs": 12}, "augment": {}, "seeds": [0], "compute": {}}


def test_a_run_learns_from_all_and_is_judged_on_the_test_images(monkeypatch):
    learnt = torch.zeros(30, 28, 28), torch.zeros(30, dtype=int)
    test = torch.zeros(20, 28, 28), torch.arange(20) % 2
    monkeypatch.setattr(refit.learning, "train", lambda *given: given)
    answers = torch.eye(10)[torch.zeros(20, dtype=int)]
    monkeypatch.setattr(refit.inference, "predict", lambda model, images: answers)
    line = refit.run("cnn", 3, SETTINGS, learnt, test)
    assert line["test_errors"] == 10 and line["test_accuracy"] == 0.5
    assert line["images"] == 30 and line["epochs"] == 12


def test_finished_runs_are_skipped_and_those_of_another_recipe_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(refit, "PATH", tmp_path / "refit.csv")
    monkeypatch.setattr(refit.measuring, "settings", lambda: SETTINGS)
    monkeypatch.setattr(refit.measuring, "require", lambda *given: None)
    monkeypatch.setattr(refit.device, "prepare", lambda: None)
    part = torch.zeros(4, 28, 28).numpy(), torch.zeros(4).numpy()
    monkeypatch.setattr(refit.prepared, "load", lambda name: part)
    asked = []

    def run(name, seed, settings, learnt, test):
        asked.append((name, seed, len(learnt[1])))
        recipe = refit.learning.digest(settings[name], settings["augment"])
        return {"model": name, "seed": seed, "recipe": recipe}

    monkeypatch.setattr(refit, "run", run)
    refit.main()
    refit.main()
    assert asked == [("cnn", seed, 8) for seed in refit.SEEDS]
    monkeypatch.setitem(SETTINGS, "cnn", {"epochs": 3})
    refit.main()
    assert len(asked) == 2 * len(refit.SEEDS)
    assert len(pd.read_csv(refit.PATH)) == len(refit.SEEDS)
    monkeypatch.setattr(refit, "SEEDS", (1, 2))
    refit.main()
    assert pd.read_csv(refit.PATH)["seed"].to_list() == [1, 2]
