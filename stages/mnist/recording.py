"""One training run of the pipeline: from data/prepared to the files that it leaves."""

import time
from functools import partial

import torch
from dvclive import Live

from mnist import checkpoints, compute, data, files, inference, models, runs, training

INPUTS = [f"data/prepared/{name}" for name in ("train.npz", "validation.npz", "normalisation.json")]


def log(live, figures):
    """Write what an epoch measured, as train gives it, to the history."""
    live.log_metric("train/objective", figures["objective"])
    for part in ("train", "validation"):
        for key, value in figures[part].items():
            live.log_metric(f"{part}/{key}", value)
    live.next_step()


def announce(name, seed, figures, seconds, epochs):
    """Print how far a run is, from what each epoch so far measured and the seconds after it."""
    accuracy, left = figures[-1]["validation"]["accuracy"], epochs - len(figures)
    print(
        f"{name} seed {seed}  epoch {len(figures)}/{epochs}",
        f"loss {figures[-1]['objective']:.3f}",
        f"validation {accuracy:.2%}",
        f"{seconds[-1] / len(figures) * left:.0f} s left",
        sep="  ",
        flush=True,
    )


def record(name, seed, device, augmentation, recipe):
    """Train one network and leave weights, history and predictions in data/NAME/SEED.

    Which epoch is kept, choose says. Predictions are softmax probabilities for the first training
    images, not augmented, and for validation. A run that was interrupted goes on after its last
    whole epoch and ends in the same bytes. Raises Refused where the same is being trained already.
    """
    folder, checkpoint = runs.folder(name, seed), checkpoints.path(name, seed)
    with checkpoints.alone(checkpoint), files.whole(folder):
        settings, device = [name, seed, device, augmentation, recipe], compute.prepare(**device)
        images, labels = map(torch.from_numpy, data.load("train"))
        judged = {
            "train": (images[: data.SAMPLE], labels[: data.SAMPLE]),
            "validation": tuple(map(torch.from_numpy, data.load("validation"))),
        }
        normalisation = files.read_json("data/prepared/normalisation.json")
        architecture = partial(models.ARCHITECTURES[name], **normalisation)

        key = checkpoints.key(settings, INPUTS)
        done = checkpoints.load(checkpoint, key)
        done = done or {"figures": [], "seconds": [], "states": {}, "snapshot": None}
        figures, seconds, states = done["figures"], done["seconds"], done["states"]
        arguments = images, labels, judged, augmentation, seed, device, done["snapshot"]
        start = time.perf_counter() - (seconds[-1] if seconds else 0)
        with Live(str(folder / "history"), dvcyaml=None, save_dvc_exp=False) as live:
            for earlier in figures:
                log(live, earlier)
            if figures:
                announce(name, seed, figures, seconds, recipe["epochs"])
            for measured, state, snapshot in training.train(architecture, *arguments, **recipe):
                log(live, measured)
                figures.append(measured)
                accuracies = [each["validation"]["accuracy"] for each in figures]
                # Only an epoch that no later one equals can be chosen: others need no memory.
                states = {e: s for e, s in states.items() if accuracies[e] > accuracies[-1]}
                states[len(figures) - 1] = state
                seconds.append(round(time.perf_counter() - start, 1))
                done = {"figures": figures, "seconds": seconds, "states": states}
                checkpoints.save(checkpoint, key, {**done, "snapshot": snapshot})
                announce(name, seed, figures, seconds, recipe["epochs"])

        accuracies = [each["validation"]["accuracy"] for each in figures]
        kept = training.choose(accuracies, len(judged["validation"][1]))
        models.save(folder / "weights.pt", name, recipe["widths"], states[kept])
        model = models.load(folder / "weights.pt", name)
        predictions = {part: inference.predict(model, x).numpy() for part, (x, _) in judged.items()}
        files.write_arrays(folder / "predictions.npz", **predictions)
        runs.note_time(name, seed, seconds, device.type, torch.get_num_threads())
        checkpoint.unlink()
