"""The loop gives the same network under Ray Train as under PyTorch's launcher."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from helpers import ROOT
from mnist.core import params
from mnist.models import weights

reason = "it is in the environment that 'make search' makes"
pytest.importorskip("ray", reason=reason)

from mnist.core.errors import InputError  # noqa: E402
from pipelines.cluster import train_ray  # noqa: E402

SECTION = {"widths": [16], "dropout": 0.1, "epochs": 2, "batch_size": 32, "learning_rate": 0.01}
SECTION |= {"weight_decay": 0.01, "label_smoothing": 0.02, "averaging": 0.9}
AUGMENT = dict.fromkeys(["ones", "rotation", "shift", "scale", "shear", "elastic"], 0.1)
AUGMENT |= {"stroke": 0.1, "noise": 0.1}
COMMON = """
import sys
sys.path[:0] = {paths!r}
import numpy as np
import torch
from pipelines.cluster.tuning import trial
from mnist.data import prepared
arrays = np.load("digits.npz")
dataset = prepared.PreparedDataset("small", list("0123456789"), True, 0.15, 0.3)
data = trial.Data(tuple(arrays[k] for k in "xy"), tuple(arrays[k] for k in "uv"), dataset)
section, augment = {section!r}, {augment!r}
"""
RAY = """
from pipelines.cluster import joining, train_ray
with joining.joined(2, trial):
    scores = train_ray.trained("ann", section, augment, data, 3, 2, 1, "ray.pt")
print(scores["accuracy"])
"""
LAUNCHED = """
from mnist.models import weights
from mnist.training import distributed, job
with distributed.group():
    for scores, state in trial.weighed("ann", section, augment, data, 3, 1):
        pass
    if distributed.rank() == 0:
        built, _ = job.configure("ann", section, dataset)
        weights.save("launched.pt", built, state)
"""


@pytest.mark.parametrize("output", ["", ".", "missing/cnn.pt"])
def test_where_no_weights_can_be_written_is_said_before_training(output, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="name a file, in a folder that is there"):
        train_ray.check_place(output)
    train_ray.check_place("cnn.pt")


def test_a_wrong_parameter_is_said_before_training(tmp_path, monkeypatch):
    values = params.read(ROOT / "tests" / "params.yaml")
    values["cnn"]["epochs"] = "many"
    monkeypatch.setattr(train_ray.params, "read", lambda: values)
    given = 0, values["augment"], values["compute"], "cnn", 2, str(tmp_path / "cnn.pt"), None
    with pytest.raises(InputError, match=r"cnn\.epochs is 'many'"):
        train_ray.main(["ann", "cnn"], *given)


@pytest.mark.slow
def test_two_workers_of_ray_give_the_weights_of_two_processes(digits, tmp_path):
    images, labels = digits
    x, y = images[:300], labels[:300].astype(np.int64)
    u, v = images[300:500], labels[300:500].astype(np.int64)
    np.savez(tmp_path / "digits.npz", x=x, y=y, u=u, v=v)
    paths = [str(ROOT / "stages"), str(ROOT)]
    common = COMMON.format(paths=paths, section=SECTION, augment=AUGMENT)
    (tmp_path / "ray_.py").write_text(common + RAY)
    (tmp_path / "launched.py").write_text(common + LAUNCHED)
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    for line in (["ray_.py"], [*torchrun, "launched.py"]):
        done = subprocess.run(
            [sys.executable, *line], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
    one, other = (weights.load(tmp_path / f"{name}.pt", "ann") for name in ("ray", "launched"))
    for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(a, b)
