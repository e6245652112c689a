"""Experiments of DVC's queue run side by side, each in a copy of its own."""

import json
import time

import pytest

from helpers import run


def accuracies(project):
    """Return {learning rate: validation accuracy of the CNN} of all experiments that finished."""
    (found,) = json.loads(run("dvc", "exp", "show", "--json", "-n", "1", cwd=project))[1:]
    rows = [each["revs"][0]["data"] for each in found["experiments"] or []]
    return {
        row["params"]["params.yaml"]["data"]["cnn"]["learning_rate"]: row["metrics"][
            "metrics/selection.json"
        ]["data"]["cnn"]["validation_accuracy"]
        for row in rows
        if row.get("metrics")
    }


@pytest.mark.slow
def test_what_is_queued_runs_two_at_a_time_and_comes_back(unchanged):
    settings = "-S", "cnn.learning_rate=0.008,0.012", "-S", "cnn.epochs=1"
    queued = run("dvc", "exp", "run", "--queue", *settings, cwd=unchanged)
    assert queued.count("Queued experiment") == 2
    run("dvc", "queue", "start", "-j", "2", cwd=unchanged)
    try:
        for _ in range(600):
            status = run("dvc", "queue", "status", cwd=unchanged)
            if "Queued" not in status and "Running" not in status:
                break
            time.sleep(1)
        assert status.count("Success") == 2, status
        found = accuracies(unchanged)
        assert found.keys() >= {0.008, 0.012} and all(0 < each <= 1 for each in found.values())
        assert run("git", "status", "--porcelain", cwd=unchanged) == ""  # here nothing changed
    finally:
        run("dvc", "queue", "stop", "--kill", cwd=unchanged)
        run("dvc", "queue", "remove", "--all", cwd=unchanged)
