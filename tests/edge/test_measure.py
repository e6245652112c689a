"""What is timed is every answer, after a round that warms up, and opening the file."""

import json
import time
from pathlib import Path

import pytest

from pipelines.edge import measure
from transfer import small

linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")


@pytest.fixture
def project(digits, tmp_path, monkeypatch):
    """Work in a small project, of which so few images are timed; return its files of weights."""
    small.make(tmp_path, *digits)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(measure, "IMAGES", 3)
    return [f"data/models/ann/{seed}/weights.pt" for seed in small.SEEDS]


@linux
def test_each_answer_takes_its_time_and_so_does_opening(project, monkeypatch, capsys):
    calls = []

    def opened(*given):
        time.sleep(0.05)
        return answer

    def answer(image):
        assert image.shape == (28, 28)
        calls.append(time.sleep(0.002 if len(calls) > 3 else 0.02))

    monkeypatch.setattr(measure, "opened", opened)
    measure.main("alone", "ann", *project)
    found = json.loads(capsys.readouterr().out)
    assert len(calls) == 1 + 3 * (1 + measure.ROUNDS)
    assert found["latency_ms"] >= 2 and found["cold_start_ms"] >= 50 + 20


@linux
@pytest.mark.parametrize("kind", ["alone", "ensemble"])
def test_the_networks_of_a_model_are_measured_as_pytorch_runs_them(kind, project, digits, capsys):
    measure.main(kind, "ann", *project)
    assert min(json.loads(capsys.readouterr().out).values()) >= 0
    answer = measure.opened(kind, "ann", project)
    said = answer(digits[0][0])
    assert said.shape == (10,) and said.sum() == pytest.approx(1, abs=1e-5)
    assert said.argmax() == digits[1][0]
