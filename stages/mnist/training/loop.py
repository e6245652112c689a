"""The training loop, from arrays, parameters and a seed to weights, without any file."""

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import lr_scheduler, swa_utils

from mnist.core.accepted_values import below, number, whole
from mnist.core.errors import InputError
from mnist.models.inference import batch, predict, score
from mnist.training import device as devices
from mnist.training import distributed
from mnist.training.augmentation import augment

ACCEPTED = {
    "epochs": whole(1, 10_000),
    "batch_size": whole(2, 8192),  # BatchNorm cannot learn from one image; 8192 take some GB
    "learning_rate": number(1e-6, 10),
    "weight_decay": number(0, 10),
    "label_smoothing": below(1),
    "averaging": below(1),
}
EXCESS = 0.01  # of batch_size: a batch may hold that much more, where an epoch so needs a step less


@dataclass(frozen=True)
class Epoch:
    """What an epoch of training leaves.

    objective: the mean loss over the training images, label smoothing included.
    scores: {set: {'accuracy', 'nll'}} of the averaged weights on each set to judge on.
    weights: the averaged weights, a state_dict of their own.
    snapshot: what training goes on from. It is the loop's own and changes as the loop goes on:
        save it at once.
    """

    objective: float
    scores: dict[str, dict[str, float]]
    weights: dict[str, Tensor]
    snapshot: dict[str, Any]


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return into how many batches of about equal size an epoch is divided.

    None has more than batch_size images, up to EXCESS, but each has two at least.
    """
    fewest = max(1, images // batch_size)
    if math.ceil(images / fewest) <= batch_size * (1 + EXCESS):
        return fewest
    return max(1, min(math.ceil(images / batch_size), images // 2))


def parameter_groups(
    model: nn.Module, weight_decay: float, slower: Mapping[str, float]
) -> tuple[list[dict[str, Any]], list[float]]:
    """Return the groups of parameters for an optimizer, and the learning-rate factor of each.

    Biases and BatchNorm's gains are not decayed: they do not overfit (He et al. 2019, 3.1). Slower
    is {start of parameters' names: factor}; of several that fit a name the first counts, and
    without any the factor is 1. Of parameters all of one factor there are two groups.
    """
    groups, factors = [], []
    named = [
        (next((start for start in slower if name.startswith(start)), ""), p)
        for name, p in model.named_parameters()
    ]
    for start, factor in {**slower, "": 1.0}.items():
        own = [p for each, p in named if each == start]
        decayed, others = [p for p in own if p.ndim > 1], [p for p in own if p.ndim <= 1]
        groups += [{"params": decayed, "weight_decay": weight_decay}, {"params": others}]
        factors += [factor, factor]
    return groups, factors


def optimisation(
    model: nn.Module,
    total_steps: int,
    learning_rate: float,
    weight_decay: float,
    slower: Mapping[str, float] | None = None,
) -> tuple[torch.optim.Optimizer, lr_scheduler.LRScheduler]:
    """Return AdamW for a model, and the one-cycle schedule of its learning rate over all steps.

    Loshchilov & Hutter 2019, and Smith & Topin 2018. Slower is that of train.
    """
    groups, factors = parameter_groups(model, weight_decay, slower or {})
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    warm_up = 0.3 if total_steps == 5 else 0.2  # a fifth of 5 steps makes torch divide by zero
    options = {"pct_start": warm_up, "cycle_momentum": False}
    rates = [learning_rate * factor for factor in factors]
    return optimizer, lr_scheduler.OneCycleLR(optimizer, rates, total_steps, **options)


def train(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    judged: Mapping[str, tuple[Tensor, Tensor]],
    augmentation: Mapping[str, float],
    seed: int,
    device: torch.device | str = "cpu",
    since: Mapping[str, Any] | None = None,
    slower: Mapping[str, float] | None = None,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
    label_smoothing: float,
    averaging: float,
) -> Iterator[Epoch]:
    """Train a model that has its initial weights; yield an Epoch after each epoch.

    Takes images uint8 (n, 28, 28), labels int64 (n,), the sets to judge on, {name: (images,
    labels)}, the keyword arguments of augment, the seed of the order, augmentation and dropout,
    the snapshot of an Epoch to go on from, which gives the epochs that were to follow, and which
    parameters learn slower, {start of their names: factor of the learning rate}: discriminative
    learning rates (Howard & Ruder 2018, arXiv:1801.06146).

    By optimisation, with label smoothing (Szegedy et al. 2016), and an exponential moving average
    of the weights (Polyak & Juditsky 1992), which is what is judged and yielded. The same arguments
    give the same bytes on the same machine. In a process group of torch.distributed each process
    learns from its part of every batch, and the first alone judges. Raises InputError where the
    loss overflows, be it on images to judge on alone.
    """
    model = model.to(device)
    parallel = distributed.parallel(model)

    def average(olds, news, seen):
        # A young average forgets its random beginning faster, as TensorFlow's moving average does.
        if olds[0].is_floating_point():  # all but BatchNorm's count of batches, which none reads
            torch._foreach_lerp_(olds, news, max(1 - averaging, 9 / (int(seen) + 10)))

    averaged = swa_utils.AveragedModel(model, multi_avg_fn=average, use_buffers=True)
    steps = steps_per_epoch(len(images), batch_size)
    optimizer, schedule = optimisation(model, epochs * steps, learning_rate, weight_decay, slower)
    # An epoch has its own random numbers, so that a resumed run needs none of those before.
    streams = torch.randint(2**31, (epochs,), generator=torch.Generator().manual_seed(seed))
    parts = {"model": model, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    if since:
        for name, part in parts.items():
            part.load_state_dict(since[name])
    for epoch in range(since["epoch"] if since else 0, epochs):
        stream = int(streams[epoch])
        torch.manual_seed(distributed.seed(stream))  # dropout
        generator = torch.Generator().manual_seed(stream)  # order, augmentation
        order = torch.randperm(len(images), generator=generator)
        if distributed.size() > 1:  # the order is the same in all processes, what follows is not
            generator.manual_seed(distributed.seed(stream))
        total = 0.0
        model.train()
        # Split evenly, so that no image is left out and no last batch is too small for BatchNorm.
        for chosen in order.tensor_split(steps):
            mine = distributed.part(chosen)
            x = augment(batch(images[mine], device), labels[mine], generator, **augmentation)
            y = labels[mine].to(x.device)
            with devices.autocast(x.device):
                loss = F.cross_entropy(parallel(x), y, label_smoothing=label_smoothing)
            optimizer.zero_grad()
            (loss * distributed.weight(mine, chosen)).backward()
            optimizer.step()
            schedule.step()
            averaged.update_parameters(model)
            total += loss.item() * len(mine)
        total = distributed.total(total)
        if not math.isfinite(total):
            raise InputError(f"the loss overflowed in epoch {epoch + 1}; lower learning_rate")
        scores = {
            part: score(predict(averaged.module, x, device), y)
            for part, (x, y) in judged.items()
            if distributed.rank() == 0
        }
        for part, each in scores.items():
            if not math.isfinite(each["nll"]):  # there is nothing to judge by
                reason = f"the {part} loss overflowed in epoch {epoch + 1}"
                raise InputError(f"{reason}; lower learning_rate")
        snapshot = {name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch + 1}
        weights = copy.deepcopy(averaged.module.state_dict())
        yield Epoch(total / len(images), scores, weights, snapshot)
