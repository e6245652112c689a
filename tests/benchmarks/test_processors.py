import pandas as pd
import pytest

import processors

SETTINGS = {
    "seeds": [0, 1],
    "fetch": {"dataset": "mnist"},
    "preprocess": {"validation": 0.1},
    "compute": {"threads": 2},
    "augment": {"shift": 1.5},
    "ann": {"epochs": 18},
    "cnn": {"epochs": 12},
}
METRICS = {
    "metrics/selection.json": {
        "ann": {"validation_accuracy": 0.993},
        "cnn": {"validation_accuracy": 0.997},
    },
    "metrics/test.json": {
        "ann": {"accuracy": 0.992},
        "cnn": {"accuracy": 0.996},
        "cnn_minus_ann": {"accuracy": 0.004, "low": 0.002, "high": 0.006},
    },
    "metrics/generalize.json": {
        "ann": {"mean_corruption_error": 0.13},
        "cnn": {"mean_corruption_error": 0.06},
    },
}


@pytest.fixture
def on(tmp_path, monkeypatch):
    """Return a function that writes a processor's line and returns the table."""
    monkeypatch.setattr(processors, "PATH", tmp_path / "processors.csv")
    monkeypatch.setattr(processors.files, "read_json", METRICS.get)

    def write(machine, vectors, settings=SETTINGS, trained=True):
        timed = [[1.0]] if trained else []
        monkeypatch.setattr(processors.runs, "timed", lambda *given: timed)
        monkeypatch.setattr(processors.measuring, "settings", lambda: settings)
        monkeypatch.setattr(processors.runs, "processor", lambda: machine)
        cpu = processors.measuring.torch.backends.cpu
        monkeypatch.setattr(cpu, "get_cpu_capability", lambda: vectors)
        processors.main()
        return pd.read_csv(processors.PATH)

    return write


def test_a_line_says_what_the_metrics_say(on):
    row = on("Ryzen", "AVX2").iloc[0]
    assert (row["machine"], row["vectors"]) == ("Ryzen", "AVX2")
    assert (row["ann_validation"], row["cnn_validation"]) == (0.993, 0.997)
    assert (row["ann_test"], row["cnn_test"]) == (0.992, 0.996)
    assert (row["ann_corruption_error"], row["cnn_corruption_error"]) == (0.13, 0.06)
    ends = row[["difference", "difference_low", "difference_high"]]
    assert ends.to_list() == [0.004, 0.002, 0.006]


def test_a_processor_has_one_line_and_another_one_its_own(on):
    for machine, vectors in (("Ryzen", "AVX2"), ("Ryzen", "AVX512"), ("Ryzen", "AVX2")):
        found = on(machine, vectors)
    assert sorted(found["vectors"]) == ["AVX2", "AVX512"]
    assert len(on("Xeon", "AVX2")) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"cnn": {"epochs": 3}},
        {"augment": {}},
        {"seeds": [0]},
        {"fetch": {"dataset": "fashion_mnist"}},
        {"preprocess": {"validation": 0.2}},
        {"compute": {"threads": 4}},
    ],
)
def test_other_recipes_leave_the_line_of_these(on, change):
    (before,) = on("Ryzen", "AVX2").to_dict("records")
    first, second = on("Ryzen", "AVX2", SETTINGS | change).to_dict("records")
    assert first == before and second["recipes"] != before["recipes"]


def test_figures_of_networks_from_elsewhere_are_not_taken_as_this_processor_s(on):
    with pytest.raises(SystemExit, match="not trained here; run: make"):
        on("Ryzen", "AVX2", trained=False)
    assert not processors.PATH.exists()
