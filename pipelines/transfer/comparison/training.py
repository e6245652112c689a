"""One run: a network trained on the same few images as all others, and what it then answers."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from mnist.core import affine, files, progress
from mnist.data import cleaning, prepared
from mnist.evaluation.corruptions import kinds
from mnist.models import inference
from mnist.training import (
    augmentation,
    checkpoints,
    device,
    distributed,
    epoch_choice,
    loop,
    upstroke,
)
from pipelines.transfer.comparison import experiment, seconds
from pipelines.transfer.comparison.experiment import Run

INPUTS = [prepared.path("train"), prepared.path("validation"), prepared.DATASET]
MODULES = [
    affine,
    augmentation,
    checkpoints,
    cleaning,
    device,
    distributed,
    epoch_choice,
    experiment,
    files,
    inference,
    loop,
    prepared,
    upstroke,
]
EVERY = 30  # seconds between checkpoints: that of VGG-16 has 2.7 GB
CODE = [__file__, *(module.__file__ for module in MODULES)]


def parts(transfer: Mapping[str, Any]) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Return the images and labels, as tensors, of 'train' and 'validation'."""
    wanted = {"train": transfer["images"], "validation": transfer["validation"]}
    return {
        part: tuple(map(torch.from_numpy, experiment.some(part, n))) for part, n in wanted.items()
    }


def answers(model: nn.Module, transfer: Mapping[str, Any], where: torch.device) -> dict:
    """Return a trained network's answers to test images, uint8 (n,), plain and corrupted.

    The corrupted ones are (kinds, m), a row per kind of corruption at its reference strength.
    """

    def answer(images: np.ndarray) -> np.ndarray:
        outputs = inference.outputs(model, torch.from_numpy(images), where, batch_size=100)
        return outputs.argmax(1).numpy().astype(np.uint8)

    few, _ = experiment.some("test", transfer["corrupted"])
    images, _ = experiment.some("test", transfer["test"])
    changed = [answer(kinds.corrupt(few, kind)) for kind in kinds.KINDS]
    return {"test": answer(images), "corrupted": np.stack(changed)}


def run(
    run: Run,
    seed: int,
    model: nn.Module,
    where: torch.device,
    sections: Mapping[str, Mapping[str, Any]],
    weights: Mapping[str, str | None],
    code: Sequence[str],
    slower: Mapping[str, float] | None = None,
    spent: float = 0,
) -> None:
    """Train a network that has its initial weights; leave what it answers in the run's folder.

    Sections are transfer, compute, augment, and `built`, the arguments of an own model; weights
    {'weights', 'sha256'} and code, more files, belong to what decides the run; spent are the
    seconds of a first phase. The epoch is chosen on validation. Test images are asked for once,
    then. An interrupted run goes on after the last epoch that was kept, one in EVERY seconds, and
    ends in the same bytes. The weights are not kept: VGG-16's have half a gigabyte.
    """
    transfer, name = sections["transfer"], f"transfer-{run.network}-{run.start}"
    recipe = experiment.loop_settings(transfer, run)
    images = parts(transfer)
    held = images["validation"]
    first = "head_epochs", "head_learning_rate"
    samples = {key: transfer[key] for key in ("images", "validation", *first)}
    samples["size"] = transfer["sizes"].get(run.network)
    settings = [name, seed, recipe, samples, slower, dict(weights)]
    settings += [dict(sections[key]) for key in ("augment", "compute", "built")]
    checkpoint = checkpoints.path(name, seed)
    folder = run.folder(seed)
    changed = augmentation.fitting(sections["augment"], prepared.dataset().digits)
    with (
        checkpoints.alone(checkpoint),
        files.replacing(folder, checkpoint.with_suffix("")) as draft,
    ):
        key = checkpoints.key(settings, [*CODE, *code, *INPUTS])
        done = checkpoints.load(checkpoint, key) or checkpoints.NOTHING
        measured, times, kept = list(done["measured"]), list(done["seconds"]), done["weights"]
        saved = time.perf_counter()
        start = saved - (times[-1] if times else spent)
        given = *images["train"], {"validation": held}, changed, seed, where
        for epoch in loop.train(model, *given, done["snapshot"], slower, **recipe):
            accuracy = epoch.scores["validation"]["accuracy"]
            measured.append({"objective": epoch.objective, "validation_accuracy": accuracy})
            accuracies = [each["validation_accuracy"] for each in measured]
            # Only an epoch that no later one equals can be chosen: others need no memory.
            kept = {e: w for e, w in kept.items() if accuracies[e] > accuracy}
            kept[len(measured) - 1] = epoch.weights
            times.append(round(time.perf_counter() - start, 1))
            done = {"measured": measured, "seconds": times, "weights": kept}
            if time.perf_counter() - saved > EVERY and len(measured) < recipe["epochs"]:
                checkpoints.save(checkpoint, key, {**done, "snapshot": epoch.snapshot})
                saved = time.perf_counter()
            progress.announce(run.name, seed, recipe["epochs"], epoch.objective, accuracy, times)
        best = epoch_choice.choose([m["validation_accuracy"] for m in measured], len(held[1]))
        model.load_state_dict(kept[best])
        history = pd.DataFrame(measured).round(6)
        history.insert(0, "epoch", range(1, len(measured) + 1))
        files.write_csv(draft / "history.csv", history)
        files.write_arrays(draft / "answers.npz", **answers(model.to(where), transfer, where))
        files.write_json(draft / "about.json", {"measured": True, "epoch": best + 1, **weights})
    seconds.note_training(run, seed, times[-1], where.type, torch.get_num_threads())
    checkpoint.unlink(missing_ok=True)


def leave_out(run: Run, seed: int, reason: str) -> None:
    """Leave in the run's folder that it was not measured, and why; print it."""
    print(f"{run.name} seed {seed} is not measured: {reason}", flush=True)
    draft = Path("data/checkpoints", f"transfer-{run.network}-{run.start}-{seed}")
    with files.replacing(run.folder(seed), draft) as folder:
        files.write_json(folder / "about.json", {"measured": False, "reason": reason})
