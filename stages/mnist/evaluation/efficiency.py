"""What a network costs: counted arithmetic, and seconds measured side by side."""

import time
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from statistics import median

import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mnist.core import runs

Networks = Mapping[str, nn.Module]

TARGETS = 0.985, 0.99, 0.995  # validation accuracies whose cost is told
SECONDS, ROUNDS = 0.2, 7  # of measuring each network's speed
BUDGET = 20  # seconds: what is the better model for someone who has no more?


def parameters(model: nn.Module) -> int:
    """Return how many numbers training fits."""
    return sum(p.numel() for p in model.parameters())


def multiply_accumulates(model: nn.Module) -> int:
    """Return how many multiplications with addition one image takes, counted while it runs."""
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros(1, 1, 28, 28))
    return counter.get_total_flops() // 2


def counted(model: nn.Module, weights: Path) -> dict[str, int]:
    """Return the bytes of a network's weights file, its arithmetic and its parameters."""
    return {
        "bytes": weights.stat().st_size,
        "multiply_accumulates": multiply_accumulates(model),
        "parameters": parameters(model),
    }


@torch.inference_mode()
def images_per_second(networks: Networks, batch: int) -> dict[str, int]:
    """Return {name: images per second}, medians over ROUNDS in which the networks take turns.

    They take turns, because the speed of a busy machine drifts. Uses as many threads as torch is
    set to.
    """
    images, rates = torch.rand(batch, 1, 28, 28), {name: [] for name in networks}
    for _ in range(ROUNDS):
        for name, model in networks.items():
            model(images)
            done, start = 0, time.perf_counter()
            while (passed := time.perf_counter() - start) < SECONDS / ROUNDS:
                model(images)
                done += batch
            rates[name].append(done / passed)
    return {name: round(median(each)) for name, each in rates.items()}


def training(name: str, seeds: Sequence[int]) -> dict[str, float | None]:
    """Return what a model's training took, medians over seeds.

    The seconds to the end and to each of TARGETS, and the validation accuracy at the last epoch
    that ends within BUDGET seconds; None if a seed never gets there, or has no such epoch. The
    schedules are made for all epochs: one made for so few seconds would do better.
    """
    rows = []
    for seed, seconds in zip(seeds, runs.timed(name, seeds), strict=True):
        reached = runs.history(name, [seed])["validation_accuracy"].set_axis(seconds)
        found = {"seconds": seconds[-1]}
        for target in TARGETS:
            found[f"seconds_to_{target}"] = reached.index[reached >= target].min()
        found[f"accuracy_after_{BUDGET}_seconds"] = [None, *reached[reached.index <= BUDGET]][-1]
        rows.append(found)
    medians = pd.DataFrame(rows).median(skipna=False).round(5).astype(object)
    return medians.where(medians.notna(), None).to_dict()


def note(networks: Networks, seeds: Sequence[int], threads: int) -> None:
    """Put the seconds of training and prediction of all models into metrics/timings.json.

    Prediction: images per second of the networks {name: network}, and the ratio of every pair, on
    one and on all threads. Training is left out where a run was not timed here.
    """
    trained = {name: training(name, seeds) for name in networks if runs.timed(name, seeds)}
    predicted = {}
    for used, batch in product(sorted({1, threads}), (1, 256)):
        torch.set_num_threads(used)
        rates = images_per_second(networks, batch)
        for a, b in combinations(networks, 2):
            rates[f"{b}_to_{a}"] = round(rates[b] / rates[a], 2)
        predicted[f"batch {batch}, threads {used}"] = rates
    notes = {"training": trained, "images_per_second": predicted}
    runs.change_timings(lambda timings: {**timings, **notes})
