"""One training run of the pipeline: from data/prepared to the files that it leaves."""

import json
import time
from functools import partial
from pathlib import Path

import torch
from dvclive import Live

from mnist import compute, data, files, inference, models, runs, training

TIMINGS = Path("metrics/timings.json")  # no output of any stage: seconds differ from run to run


def record(name, seed, device, augmentation, section):
    """Train one network and leave weights, history and predictions in data/NAME/SEED.

    The epoch with the fewest validation errors is kept, of equals the one with the lowest loss.
    Predictions are softmax probabilities for the first training images, not augmented, and for
    validation.
    """
    folder = runs.folder(name, seed)
    images, labels = map(torch.from_numpy, data.load("train"))
    sample, sample_labels = images[: data.SAMPLE], labels[: data.SAMPLE]
    held, held_labels = map(torch.from_numpy, data.load("validation"))
    normalisation = json.loads(Path("data/prepared/normalisation.json").read_text())
    device = compute.prepare(**device)

    def validate(model):
        on_train = inference.score(inference.predict(model, sample, device), sample_labels)
        on_held = inference.score(inference.predict(model, held, device), held_labels)
        return {
            **{f"train/{key}": value for key, value in on_train.items()},
            **{f"validation/{key}": value for key, value in on_held.items()},
        }

    epochs = training.train(
        partial(models.ARCHITECTURES[name], **normalisation),
        images,
        labels,
        validate,
        augmentation,
        seed,
        device,
        **section,
    )
    best, seconds, start = (-1.0,), [], time.perf_counter()
    with Live(str(folder / "history"), dvcyaml=None, save_dvc_exp=False, report=None) as live:
        for epoch, (figures, state) in enumerate(epochs, 1):
            for key, value in figures.items():
                live.log_metric(key, value)
            live.next_step()
            quality = figures["validation/accuracy"], -figures["validation/loss"]
            if quality > best:
                best, kept = quality, state
            seconds.append(round(time.perf_counter() - start, 1))
            left = seconds[-1] / epoch * (section["epochs"] - epoch)
            print(
                f"{name} seed {seed}  epoch {epoch}/{section['epochs']}  "
                f"loss {figures['train/objective']:.3f}  "
                f"validation {figures['validation/accuracy']:.2%}  {left:.0f} s left",
                flush=True,
            )

    models.save(folder / "weights.pt", name, section["widths"], kept)
    model = models.load(folder / "weights.pt")
    files.write_arrays(
        folder / "predictions.npz",
        train=inference.predict(model, sample).numpy(),
        validation=inference.predict(model, held).numpy(),
    )
    note_time(name, seed, seconds, device)


def note_time(name, seed, seconds, device):
    """Put a run's seconds after each epoch, and on what it ran, into metrics/timings.json."""
    try:
        timings = json.loads(TIMINGS.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        timings = {}
    kept = {key: v for key, v in timings.get(name, {}).items() if runs.folder(name, key).is_dir()}
    kept[str(seed)] = {
        "seconds": seconds[-1],
        "after_each_epoch": seconds,
        "device": device.type,
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }
    timings[name] = dict(sorted(kept.items()))
    files.write_json(TIMINGS, dict(sorted(timings.items())))
