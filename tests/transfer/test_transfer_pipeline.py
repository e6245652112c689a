"""Networks of all kinds are trained on the same few images and stand in one table."""

import shutil
import time

import numpy as np
import pandas as pd
import pytest
import torch

from mnist.core import files
from mnist.core.errors import InputError
from mnist.plots import tables
from mnist.training import checkpoints
from pipelines.transfer import compare, record_weights
from pipelines.transfer.comparison import experiment, pretrained, seconds, training
from transfer.networks import ANN_RUN, NETWORK, PRETRAINED, TRANSFER, backbone, model


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_run_leaves_the_same_bytes_again(project):
    model()
    folder = ANN_RUN.folder(0)
    first = content(folder)
    assert set(first) == {"about.json", "answers.npz", "history.csv"}
    shutil.rmtree(folder)
    model()
    assert content(folder) == first
    answers = files.read_arrays(folder / "answers.npz")
    assert answers["test"].shape == (50,) and answers["corrupted"].shape == (15, 20)


def test_a_killed_run_goes_on_after_its_last_epoch_to_the_same_bytes(project, monkeypatch):
    monkeypatch.setattr(training, "EVERY", -1)
    model(epochs=3)
    folder = ANN_RUN.folder(0)
    whole = content(folder)
    shutil.rmtree(folder)
    save, saved = checkpoints.save, []

    def killed(*given):
        save(*given)
        saved.append(given)
        if len(saved) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            model(epochs=3)
    assert not folder.exists()
    epochs, announce = [], training.progress.announce
    monkeypatch.setattr(
        training.progress, "announce", lambda *given: (epochs.append(1), announce(*given))
    )
    model(epochs=3)
    assert len(epochs) == 2  # of four
    assert content(folder) == whole
    assert not checkpoints.path("transfer-ann-scratch", 0).exists()


def test_a_backbone_with_weights_is_trained_in_two_phases(project):
    record_weights.main(TRANSFER)
    backbone(True)
    folder = PRETRAINED.folder(0)
    about = files.read_json(folder / "about.json")
    assert about["measured"] and about["weights"] == "file"
    assert about["sha256"] == pretrained.sha256(project / "weights.pt")
    assert len(pd.read_csv(folder / "history.csv")) == TRANSFER["epochs"]
    backbone(False)
    scratch = pd.read_csv(experiment.TRAINED / NETWORK / "scratch" / "0" / "history.csv")
    assert len(scratch) == TRANSFER["epochs"] + TRANSFER["head_epochs"]


def test_weights_that_are_not_here_leave_a_row_out_and_say_so(project, capsys):
    (project / "weights.pt").unlink()
    record_weights.main(TRANSFER)
    assert "weights.pt is not here; put the file there" in capsys.readouterr().out
    for seed in TRANSFER["seeds"]:
        backbone(True, seed)
        model(seed)
        backbone(False, seed)
    said = capsys.readouterr().out
    assert f"{NETWORK}_pretrained seed 0 is not measured: weights.pt is not here" in said
    compare.main(TRANSFER)
    table = pd.read_csv(experiment.HERE / "metrics" / "transfer.csv")
    assert list(table["measured"]) == [True, True, False]
    assert np.isnan(table["test_accuracy"].iloc[2])
    figures = files.read_json(experiment.HERE / "metrics" / "transfer.json")
    assert figures["ann"]["low"] <= figures["ann"]["test_accuracy"] <= figures["ann"]["high"]
    assert figures[f"{NETWORK}_pretrained"]["measured"] is False
    assert (experiment.HERE / "plots" / "transfer.png").read_bytes().startswith(b"\x89PNG")
    timed = seconds.read()
    assert set(timed["latency_ms"]) == {"ann", NETWORK}
    assert set(timed["training_seconds"]) == {"ann", NETWORK}


def test_a_table_without_any_measurement_is_written_and_drawn(project):
    for run in experiment.runs(TRANSFER):
        for seed in run.seeds:
            training.leave_out(run, seed, "of this test")
    compare.main(TRANSFER)
    table = tables.read(experiment.HERE / "metrics" / "transfer.csv")
    assert len(table) and not table["measured"].any() and table["images"].isna().all()
    assert (experiment.HERE / "plots" / "transfer.png").read_bytes().startswith(b"\x89PNG")


def test_runs_that_are_not_listed_are_removed_and_what_is_no_run_stays(project):
    listed = experiment.runs(TRANSFER)[0].folder(TRANSFER["seeds"][0])
    other = listed.with_name("99")
    for folder in (listed, other):
        folder.mkdir(parents=True)
    (listed.parent / ".DS_Store").touch()
    record_weights.main(TRANSFER)
    assert {path.name for path in listed.parent.iterdir()} == {listed.name, ".DS_Store"}


def test_weights_that_changed_since_they_were_recorded_are_refused(project):
    record_weights.main(TRANSFER)
    torch.save({"other": torch.zeros(1)}, "weights.pt")
    with pytest.raises(InputError, match="run make transfer"):
        backbone(True)


def test_a_latency_is_that_of_one_image():
    class Slow(torch.nn.Module):
        def forward(self, images):
            time.sleep(0.002)
            return images

    start = time.perf_counter()
    found = seconds.latency({"slow": Slow()})
    passed = 1000 * (time.perf_counter() - start)
    assert 2 <= found["slow"] < passed


def test_a_difference_is_paired_and_has_its_interval():
    generator = np.random.default_rng(0)
    hard = generator.random(500) < 0.1
    first = np.stack([hard, hard])
    second = np.stack([hard | (generator.random(500) < 0.1) for _ in range(2)])
    found = compare.difference(first, second)
    assert 0.05 < found["low"] < found["test_accuracy"] < found["high"] < 0.2
    assert set(compare.difference(first[:1], second[:1])) == {"test_accuracy"}
