"""What a network costs: counted arithmetic, and seconds measured side by side."""

import statistics
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from mnist import files, runs

TARGETS = 0.985, 0.99, 0.995  # validation accuracies whose cost is told
BUDGET = 20  # seconds: what is the better model for someone who has no more?


def multiply_accumulates(model):
    """Return how many multiplications with addition one image takes, counted while it runs."""
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros(1, 1, 28, 28))
    return counter.get_total_flops() // 2


@torch.inference_mode()
def images_per_second(networks, batch, seconds=0.2, rounds=7):
    """Return {name: images per second}, medians over rounds in which the networks take turns.

    Takes {name: model}; turns, because the speed of a busy machine drifts. Uses as many threads
    as torch is set to.
    """
    images, rates = torch.rand(batch, 1, 28, 28), {name: [] for name in networks}
    for _ in range(rounds):
        for name, model in networks.items():
            model(images)
            done, start = 0, time.perf_counter()
            while (passed := time.perf_counter() - start) < seconds / rounds:
                model(images)
                done += batch
            rates[name].append(done / passed)
    return {name: round(statistics.median(each)) for name, each in rates.items()}


def seconds_to(accuracy, accuracies, seconds):
    """Return after how many seconds a run first had that validation accuracy, or None.

    Takes what each epoch reached, and the seconds after each epoch.
    """
    reached = (passed for a, passed in zip(accuracies, seconds, strict=True) if a >= accuracy)
    return next(reached, None)


def training(name, seeds):
    """Return what a model's training took, medians over seeds.

    The seconds to the end and to each of TARGETS (None if a seed never gets there), and the
    validation accuracy at the last epoch that ends within BUDGET seconds (0 if none does). The
    schedules are made for all epochs: one made for so few seconds would do better.
    """
    each = runs.timed(name, seeds)
    reached = [runs.history(name, [seed])["validation_accuracy"].to_list() for seed in seeds]
    found = {"seconds": statistics.median(seconds[-1] for seconds in each)}
    for target in TARGETS:
        to = [seconds_to(target, a, s) for a, s in zip(reached, each, strict=True)]
        found[f"seconds_to_{target}"] = None if None in to else statistics.median(to)
    bought = [
        ([0] + [a for a, s in zip(*pair, strict=True) if s <= BUDGET])[-1]
        for pair in zip(reached, each, strict=True)
    ]
    return {**found, f"accuracy_after_{BUDGET}_seconds": round(statistics.median(bought), 5)}


def note(networks, seeds, threads):
    """Put the seconds of training and prediction of both models into metrics/timings.json.

    Prediction: images per second of the networks {name: model}, and their ratio, on one and on all
    threads. Training is left out where a run was not timed here.
    """
    trained = {name: training(name, seeds) for name in networks if runs.timed(name, seeds)}
    predicted = {}
    for used in sorted({1, threads}):
        torch.set_num_threads(used)
        for batch in (1, 256):
            rates = images_per_second(networks, batch)
            rates["cnn_to_ann"] = round(rates["cnn"] / rates["ann"], 2)
            predicted[f"batch {batch}, threads {used}"] = rates
    notes = {"training": trained, "images_per_second": predicted}
    files.write_json(runs.TIMINGS, {**runs.timings(), **notes})
