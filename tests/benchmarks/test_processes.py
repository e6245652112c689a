import sys
from pathlib import Path

import numpy as np
import pytest

import processes
from mnist.core import files
from mnist.data import prepared

# Leaves what a stage's script would, and what it was asked.
SCRIPT = """
import json, sys, yaml
from pathlib import Path
import numpy as np
from mnist.core import files
compute = yaml.safe_load(Path("params.yaml").read_text())["compute"]
images = np.load("data/prepared/validation.npz")["images"]
said = np.eye(10)[np.zeros(len(images), int)] + 0.01 * compute["processes"]
files.write_arrays(f"data/models/cnn/{sys.argv[2]}/predictions.npz", validation=said)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(processes, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    images = np.zeros((20, 28, 28), np.uint8)
    labels = (np.arange(20) % 10).astype(np.uint8)
    files.write_arrays(prepared.path("validation"), images=images, labels=labels)
    files.write("stages/train_cnn.py", SCRIPT.encode())
    return tmp_path


def test_a_line_has_what_the_stage_s_own_script_leaves(project):
    settings = {"seeds": [0], "compute": {"threads": 1, "processes": 1}, "cnn": {}}
    line = processes.run(settings, "cnn", 2, 5)
    assert (line["model"], line["processes"], line["seed"]) == ("cnn", 2, 5)
    assert line["validation_accuracy"] == 0.1 and line["seconds"] > 0


def test_what_is_finished_is_skipped(project, monkeypatch):
    asked = []

    def run(settings, *key):
        asked.append(key)
        return dict(zip(processes.KEY, key, strict=True))

    monkeypatch.setattr(processes, "run", run)
    monkeypatch.setattr(processes, "PATH", Path("processes.csv"))
    settings = {"seeds": [0, 1], "cnn": {}, "compute": {}}
    monkeypatch.setattr(processes.measuring, "settings", lambda: settings)
    processes.main()
    processes.main()
    assert asked == [("cnn", count, seed) for seed in (0, 1) for count in (1, 2)]
