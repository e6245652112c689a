import json
import shutil
import threading

import pytest

from mnist.core import files, runs
from mnist.core.errors import InputError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (0, 1):
        metrics = runs.folder("ann", seed) / "history" / "plots" / "metrics"
        (metrics / "train").mkdir(parents=True)
        text = f"step\taccuracy\n0\t0.{5 + seed}\n1\t0.8\n"
        (metrics / "train" / "accuracy.tsv").write_text(text)


@pytest.fixture
def weights():
    for seed in (0, 1, 9):
        files.write(runs.weights("ann", seed), b"%d" % seed)


def test_the_history_is_the_mean_over_seeds():
    assert runs.history("ann", [0, 1]).to_dict("list") == {
        "epoch": [1, 2],
        "train_accuracy": [0.55, 0.8],
    }


def test_a_run_without_its_history_ends_in_one_line():
    shutil.rmtree(runs.folder("ann", 0) / "history" / "plots")
    with pytest.raises(InputError, match="models/ann/0/history is not what belongs there"):
        runs.history("ann", [0])


def test_runs_of_other_models_and_seeds_are_removed_and_no_others(weights):
    files.write(runs.weights("rnn", 0), b"of a model that is not listed")
    runs.remove_others(["ann", "cnn"], [1, 2])
    assert [str(path) for path in runs.MODELS.glob("*/*")] == ["data/models/ann/1"]
    assert not (runs.MODELS / "rnn").exists() and runs.weights("ann", 1).read_bytes() == b"1"


def test_what_is_no_run_of_the_pipeline_s_is_left_alone(weights, tmp_path):
    files.write(tmp_path / "elsewhere" / "0" / "weights.pt", b"somebody's")
    (runs.MODELS / "linked").symlink_to(tmp_path / "elsewhere")
    files.write(runs.MODELS / "ann" / "notes" / "a.txt", b"")
    runs.remove_others(["ann"], [1])
    assert (tmp_path / "elsewhere" / "0" / "weights.pt").exists()
    assert (runs.MODELS / "ann" / "notes" / "a.txt").exists()


def test_without_any_run_there_is_nothing_to_remove(tmp_path):
    shutil.rmtree("data")
    runs.remove_others(["ann"], [0])
    assert list(tmp_path.iterdir()) == []


def test_timings_keep_the_other_runs_that_are_still_there(weights):
    runs.note_time("ann", 0, [1.0], "cpu", 2)
    runs.note_time("ann", 9, [1.0], "cpu", 2)
    shutil.rmtree(runs.folder("ann", 9))
    runs.note_time("ann", 1, [1.5, 3.0], "cpu", 2)
    timings = json.loads(runs.TIMINGS.read_text())
    assert list(timings["ann"]) == ["0", "1"]
    assert timings["ann"]["1"]["after_each_epoch"] == [1.5, 3.0]


def test_timings_that_several_processes_note_at_once_are_all_kept(weights, monkeypatch):
    read = runs.timings

    def slow():
        found = read()
        threading.Event().wait(0.02)  # long enough for another to read the same
        return found

    monkeypatch.setattr(runs, "timings", slow)
    noted = [
        threading.Thread(target=runs.change_timings, args=[lambda t, i=i: {**t, str(i): {"a": i}}])
        for i in range(8)
    ]
    for each in noted:
        each.start()
    for each in noted:
        each.join()
    assert sorted(read()) == [str(i) for i in range(8)]


@pytest.mark.parametrize("content", ["", "<<<<<<< HEAD", "[]", '{"ann": 3}'])
def test_damaged_timings_are_made_anew(content, weights):
    runs.TIMINGS.parent.mkdir()
    runs.TIMINGS.write_text(content)
    assert runs.timed("ann", [0]) == []
    runs.note_time("ann", 0, [1.0], "cpu", 2)
    assert runs.timed("ann", [0]) == [[1.0]]


def test_what_another_processor_took_is_no_time_of_this_one(weights, monkeypatch):
    runs.note_time("ann", 0, [1.0], "cpu", 2)
    assert runs.timed("ann", [0]) == [[1.0]]
    monkeypatch.setattr(runs, "processor", lambda: "another")
    assert runs.timed("ann", [0]) == []


def test_weights_that_were_not_timed_here_have_no_time(weights):
    assert runs.timed("ann", [0]) == []
    runs.note_time("ann", 0, [1.0, 2.0], "cpu", 2)
    assert runs.timed("ann", [0]) == [[1.0, 2.0]]
    assert runs.timed("ann", [0, 1]) == []
    runs.weights("ann", 0).write_bytes(b"another run's, from the cache")
    assert runs.timed("ann", [0]) == []
