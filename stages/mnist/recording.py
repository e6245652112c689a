"""One training run of the pipeline: from data/prepared to the files that it leaves."""

import time
from functools import partial

import torch
from dvclive import Live

from mnist import compute, data, files, inference, models, runs, training


def record(name, seed, device, augmentation, recipe):
    """Train one network and leave weights, history and predictions in data/NAME/SEED.

    Which epoch is kept, choose says. Predictions are softmax probabilities for the first training
    images, not augmented, and for validation.
    """
    folder, device = runs.folder(name, seed), compute.prepare(**device)
    images, labels = map(torch.from_numpy, data.load("train"))
    held, held_labels = map(torch.from_numpy, data.load("validation"))
    normalisation = files.read_json("data/prepared/normalisation.json")
    judged = {
        "train": (images[: data.SAMPLE], labels[: data.SAMPLE]),
        "validation": (held, held_labels),
    }

    architecture = partial(models.ARCHITECTURES[name], **normalisation)
    epochs = training.train(
        architecture, images, labels, judged, augmentation, seed, device, **recipe
    )
    accuracies, states, seconds, start = [], {}, [], time.perf_counter()
    live = Live(str(folder / "history"), dvcyaml=None, save_dvc_exp=False)
    with files.whole(folder), live:
        for epoch, (figures, state) in enumerate(epochs, 1):
            live.log_metric("train/objective", figures["objective"])
            for part in judged:
                for key, value in figures[part].items():
                    live.log_metric(f"{part}/{key}", value)
            live.next_step()
            accuracies.append(figures["validation"]["accuracy"])
            # Only an epoch that no later one equals can be chosen: others need no memory.
            states = {e: s for e, s in states.items() if accuracies[e] > accuracies[-1]}
            states[epoch - 1] = state
            seconds.append(round(time.perf_counter() - start, 1))
            left = seconds[-1] / epoch * (recipe["epochs"] - epoch)
            progress = f"{name} seed {seed}  epoch {epoch}/{recipe['epochs']}  "
            progress += f"loss {figures['objective']:.3f}  validation {accuracies[-1]:.2%}  "
            print(f"{progress}{left:.0f} s left", flush=True)

    kept = training.choose(accuracies, len(held))
    models.save(folder / "weights.pt", name, recipe["widths"], states[kept])
    model = models.load(folder / "weights.pt")
    predictions = {part: inference.predict(model, x).numpy() for part, (x, _) in judged.items()}
    files.write_arrays(folder / "predictions.npz", **predictions)
    runs.note_time(name, seed, seconds, device.type, torch.get_num_threads())
