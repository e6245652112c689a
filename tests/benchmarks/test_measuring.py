import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import measuring


def test_functions_that_take_turns_are_compared_by_ratio():
    calls = []
    actions = {"one": lambda: calls.append(1), "two": lambda: calls.append(2)}
    found = measuring.in_turns(actions, "one")
    assert calls == [1, 2] * (measuring.ROUNDS + 1)
    assert found.loc["one", "ratio"] == 1 and (found["lowest_ratio"] <= found["ratio"]).all()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux's /proc")
def test_a_command_is_watched_with_what_it_starts():
    inner = "import time; held = bytes(range(256)) * 400_000; time.sleep(2)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    seconds, highest = measuring.watched([sys.executable, "-c", outer], "Pss_Anon")
    assert seconds > 2 and 97 < highest < 400  # MiB; the inner one holds 98


def test_a_command_that_fails_ends_the_program():
    with pytest.raises(SystemExit, match="failed: see above"):
        measuring.watched([sys.executable, "-c", "raise SystemExit(1)"])


def test_only_lines_count_that_the_plan_still_asks_for(tmp_path):
    path = tmp_path / "runs.csv"
    assert measuring.finished(path, ["model", "seed"]) == {}
    path.write_text("model,seed,recipe\ncnn,0,new\ncnn,1,old\ncnn,9,new\n")
    lines = measuring.finished(path, ["model", "seed"])
    assert list(lines) == [("cnn", 0), ("cnn", 1), ("cnn", 9)]
    asked = {("cnn", seed): "new" for seed in range(3)}
    assert list(measuring.current(lines, asked)) == [("cnn", 0)]


def test_figures_of_one_data_set_are_not_measured_on_another(monkeypatch):
    monkeypatch.setattr(measuring.prepared, "dataset", lambda: SimpleNamespace(name="mnist"))
    measuring.require("mnist", "make")
    with pytest.raises(SystemExit, match="is of mnist, and fashion_mnist is needed; run: make fa"):
        measuring.require("fashion_mnist", "make fashion")
