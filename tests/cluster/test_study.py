"""What was tried is kept whole, and no trial stands there twice."""

import pytest

from mnist.core.errors import InputError
from pipelines.cluster.tuning import study


def trial(number, loss, cost=10, state=study.FINISHED):
    epochs = [{"loss": loss + 1, "accuracy": 0.5, "gap": 0.0}]
    epochs.append({"loss": loss, "accuracy": 1 - loss, "gap": 0.1})
    return study.Trial(number, {"dropout": 0.1}, epochs, {"multiply_accumulates": cost}, state)


def test_trials_come_back_in_the_order_in_which_they_ended(tmp_path):
    path = tmp_path / "data" / "cnn.jsonl"
    assert study.read(path) == []
    for number in (1, 0):
        study.add(path, trial(number, 0.5))
    assert study.read(path) == [trial(1, 0.5), trial(0, 0.5)]
    assert [each.name for each in path.parent.iterdir()] == ["cnn.jsonl"]


@pytest.mark.parametrize("content", ['{"number": 0}\n', "[]\n", "nonsense\n", "twice"])
def test_a_damaged_file_is_one_line(content, tmp_path):
    path = tmp_path / "cnn.jsonl"
    study.add(path, trial(0, 0.5))
    path.write_text(path.read_text() * 2 if content == "twice" else content)
    with pytest.raises(InputError, match=r"is damaged: .*; remove it to search anew"):
        study.read(path)


def test_the_best_is_a_trial_that_finished():
    trials = [trial(0, 0.3), trial(1, 0.1, state=study.PRUNED), trial(2, 0.2), trial(3, 0.2)]
    assert study.best(trials).number == 2
    with pytest.raises(InputError, match="no trial finished"):
        study.best(trials[1:2])


def test_on_the_front_nothing_is_both_better_and_cheaper():
    trials = [trial(0, 0.3, 10), trial(1, 0.4, 20), trial(2, 0.2, 30), trial(3, 0.25, 30)]
    trials.append(trial(4, 0.1, 5, study.PRUNED))
    assert [each.number for each in study.front(trials)] == [0, 2]
