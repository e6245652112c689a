import pytest
import torch

from mnist.core import files, runs
from mnist.evaluation import efficiency
from mnist.models import ann, cnn


def test_the_arithmetic_of_the_ann_is_counted_as_by_hand():
    model = ann.build(classes=10, widths=[800, 800], dropout=0).eval()
    assert efficiency.multiply_accumulates(model) == 784 * 800 + 800 * 800 + 800 * 10


def test_the_arithmetic_of_the_cnn_is_counted_as_by_hand():
    model = cnn.build(classes=10, widths=[16, 32, 48, 96], dropout=0).eval()
    by_hand = 24**2 * 16 * 25 + 10**2 * 32 * 16 * 9 + 8**2 * 48 * 32 * 9 + 2**2 * 96 * 48 * 9
    by_hand += 2**2 * 96 * 96 + 96 * 10
    assert efficiency.multiply_accumulates(model) == by_hand


def test_networks_take_turns_and_get_a_rate_each(monkeypatch):
    calls = []

    class Spy(torch.nn.Module):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def forward(self, images):
            calls.append(self.name)
            return images

    spies = {name: Spy(name) for name in ("ann", "cnn")}
    monkeypatch.setattr(efficiency, "SECONDS", 0.03)
    monkeypatch.setattr(efficiency, "ROUNDS", 3)
    rates = efficiency.images_per_second(spies, 4)
    assert rates.keys() == {"ann", "cnn"} and min(rates.values()) > 0
    turns = [name for i, name in enumerate(calls) if i == 0 or calls[i - 1] != name]
    assert turns == ["ann", "cnn"] * 3


@pytest.mark.parametrize(("architecture", "widths"), [(ann, [30, 20]), (cnn, [2, 3, 4, 5])])
def test_parameters_are_those_that_training_fits(architecture, widths):
    model = architecture.build(classes=10, widths=widths, dropout=0)
    statistics_of_batches = [b.numel() for b in model.buffers()]
    assert statistics_of_batches  # BatchNorm's, which no gradient changes
    everything = sum(value.numel() for value in model.state_dict().values())
    assert efficiency.parameters(model) == everything - sum(statistics_of_batches)


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Return a function that notes the costs of so many models and returns metrics/timings.json."""
    monkeypatch.chdir(tmp_path)
    rates = {"one": 100, "two": 50, "three": 25}
    monkeypatch.setattr(
        efficiency, "images_per_second", lambda networks, batch: {n: rates[n] for n in networks}
    )

    def note(count):
        networks = {name: torch.nn.Flatten() for name in list(rates)[:count]}
        for name in networks:
            files.write(runs.weights(name, 0), b"weights")
        efficiency.note(networks, [0], threads=1)
        return files.read_json(runs.TIMINGS)

    return note


@pytest.mark.parametrize(
    ("count", "ratios"),
    [
        (1, {}),
        (2, {"two_to_one": 0.5}),
        (3, {"two_to_one": 0.5, "three_to_one": 0.25, "three_to_two": 0.5}),
    ],
)
def test_every_pair_of_models_has_the_ratio_of_its_rates(count, ratios, measured):
    rates = {"one": 100, "two": 50, "three": 25}
    expected = {**dict(list(rates.items())[:count]), **ratios}
    found = measured(count)["images_per_second"]
    assert found == {f"batch {batch}, threads 1": expected for batch in (1, 256)}


def test_timings_keep_what_others_noted_and_leave_out_what_was_not_timed_here(measured):
    files.write_json(runs.TIMINGS, {"four": {"0": {"threads": 1}}})
    found = measured(1)
    assert found["four"] == {"0": {"threads": 1}} and found["training"] == {}


def trained(seed, accuracies, seconds):
    """Leave the history and the seconds of a run of the model called one."""
    lines = ["step\taccuracy", *(f"{i}\t{a}" for i, a in enumerate(accuracies))]
    history = runs.folder("one", seed) / "history/plots/metrics/validation/accuracy.tsv"
    files.write(history, "\n".join(lines).encode())
    files.write(runs.weights("one", seed), b"weights")
    runs.note_time("one", seed, seconds, "cpu", 1)


@pytest.mark.parametrize(("target", "seconds"), [(0.9, 5), (0.95, 11), (0.99, None)])
def test_seconds_to_an_accuracy(target, seconds, measured, monkeypatch):
    monkeypatch.setattr(efficiency, "TARGETS", [target])
    trained(0, [0.91, 0.93, 0.96], [5.0, 8.0, 11.0])
    assert efficiency.training("one", [0])[f"seconds_to_{target}"] == seconds


def test_the_seconds_are_medians_over_seeds_and_none_where_one_never_gets_there(measured):
    trained(0, [0.986, 0.991], [10.0, 21.0])
    trained(1, [0.98, 0.987], [30.0, 60.0])
    assert efficiency.training("one", [0, 1]) == {
        "seconds": 40.5,
        "seconds_to_0.985": 35.0,
        "seconds_to_0.99": None,
        "seconds_to_0.995": None,
        "accuracy_after_20_seconds": None,  # the second seed has none by then
    }


def test_what_training_took_is_told_from_its_history_and_seconds(measured):
    trained(0, [0.98, 0.987, 0.991], [8.0, 16.0, 24.0])
    assert measured(1)["training"]["one"] == {
        "seconds": 24.0,
        "seconds_to_0.985": 16.0,
        "seconds_to_0.99": 24.0,
        "seconds_to_0.995": None,
        "accuracy_after_20_seconds": 0.987,
    }
