"""The first phase of transfer: a head that learns on features of a frozen backbone."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mnist.core import files
from mnist.core.errors import InputError
from mnist.models import inference
from mnist.training import checkpoints, loop
from pipelines.transfer.comparison import backbones
from pipelines.transfer.comparison.experiment import HERE

FOLDER = HERE / "features"
# What decides features beside the arguments of cached.
CODE = [backbones.__file__, inference.__file__, __file__]


def cached(
    name: str,
    network: backbones.Classifier,
    settings: Sequence,
    images: Tensor,
    data: Sequence[Path],
    device: torch.device | str = "cpu",
) -> Tensor:
    """Return a frozen backbone's features, float32 (n, F), of uint8 images (n, 28, 28).

    In eval mode, not augmented, computed once: they are kept in a file that is named for
    the network's name and all that decides them, which are settings (plain values), the files that
    the images come from, and how this machine computes. Other files of that name are removed, and
    a damaged one is made anew.
    """
    own = [version("torchvision"), str(device), torch.get_num_threads()]
    own += [torch.are_deterministic_algorithms_enabled(), torch.backends.cpu.get_cpu_capability()]
    key = checkpoints.key([*settings, *own], [*CODE, *data])
    path = FOLDER / f"{name}-{key[:16]}.npz"
    with suppress(InputError, KeyError):
        found = torch.from_numpy(files.read_arrays(path)["features"])
        if len(found) == len(images):
            return found
    for old in FOLDER.glob(f"{name}-*.npz"):
        old.unlink(missing_ok=True)
    frozen = nn.Sequential(network.input, network.backbone).to(device)
    found = inference.outputs(frozen, images, device, batch_size=100)
    files.write_arrays(path, features=np.asarray(found))
    return found


def train_head(
    head: nn.Linear,
    features: Tensor,
    labels: Tensor,
    seed: int,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
    label_smoothing: float,
) -> None:
    """Train a head in place on features (n, F) and labels (n,), on the CPU.

    As the loop trains a network: by its optimisation, with label smoothing. The same arguments give
    the same bytes.
    """
    generator = torch.Generator().manual_seed(seed)
    steps = loop.steps_per_epoch(len(labels), batch_size)
    optimizer, schedule = loop.optimisation(head, epochs * steps, learning_rate, weight_decay)
    for _ in range(epochs):
        for chosen in torch.randperm(len(labels), generator=generator).tensor_split(steps):
            loss = F.cross_entropy(
                head(features[chosen]), labels[chosen], label_smoothing=label_smoothing
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
