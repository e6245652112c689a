import json
import shutil

import pytest

from mnist import runs
from mnist.errors import Refused


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (0, 1):
        metrics = tmp_path / "data" / "ann" / str(seed) / "history" / "plots" / "metrics"
        (metrics / "train").mkdir(parents=True)
        text = f"step\taccuracy\n0\t0.{5 + seed}\n1\t0.8\n"
        (metrics / "train" / "accuracy.tsv").write_text(text)


def test_the_history_is_the_mean_over_seeds():
    assert runs.history("ann", [0, 1]).to_dict("list") == {
        "epoch": [1, 2],
        "train_accuracy": [0.55, 0.8],
    }


def test_a_seed_too_many_or_too_few_is_refused_with_the_command_that_mends_it():
    runs.refuse_leftovers(["ann"], [0, 1])
    with pytest.raises(Refused, match=r"run: rm -r data/ann/0 data/ann/1$"):
        runs.refuse_leftovers(["ann"], [2])
    with pytest.raises(Refused, match=r"data/ann/2, data/cnn/0, .* 'dvc repro' makes it$"):
        runs.refuse_leftovers(["ann", "cnn"], [0, 1, 2])


@pytest.fixture
def weights():
    for seed in (0, 1, 9):
        runs.folder("ann", seed).mkdir(exist_ok=True)
        (runs.folder("ann", seed) / "weights.pt").write_bytes(b"%d" % seed)


def test_timings_keep_the_other_runs_that_are_still_there(weights):
    runs.note_time("ann", 0, [1.0], "cpu", 2)
    runs.note_time("ann", 9, [1.0], "cpu", 2)
    shutil.rmtree(runs.folder("ann", 9))
    runs.note_time("ann", 1, [1.5, 3.0], "cpu", 2)
    timings = json.loads(runs.TIMINGS.read_text())
    assert list(timings["ann"]) == ["0", "1"]
    assert timings["ann"]["1"]["after_each_epoch"] == [1.5, 3.0]


@pytest.mark.parametrize("content", ["", "<<<<<<< HEAD", "[]", '{"ann": 3}'])
def test_damaged_timings_are_made_anew(content, weights):
    runs.TIMINGS.parent.mkdir()
    runs.TIMINGS.write_text(content)
    assert runs.timed("ann", [0]) == []
    runs.note_time("ann", 0, [1.0], "cpu", 2)
    assert runs.timed("ann", [0]) == [[1.0]]


def test_weights_that_were_not_timed_here_have_no_time(weights):
    assert runs.timed("ann", [0]) == []
    runs.note_time("ann", 0, [1.0, 2.0], "cpu", 2)
    assert runs.timed("ann", [0]) == [[1.0, 2.0]]
    assert runs.timed("ann", [0, 1]) == []
    (runs.folder("ann", 0) / "weights.pt").write_bytes(b"another run's, from the cache")
    assert runs.timed("ann", [0]) == []
