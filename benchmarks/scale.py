"""How training grows with the images: seconds of an epoch, and memory, with images left on disk.

    PYTHONPATH=stages python benchmarks/scale.py    # some ten minutes on two cores

The training images, repeated and augmented anew each time, lie in a file that is mapped into
memory, of which the loop reads each batch. A line of scale.csv is one epoch in a process of its
own; memory is what cannot be read from files again. What is finished is skipped.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.models import inference, weights
from mnist.training import augmentation, job, loop

PATH = measuring.RESULTS / "scale.csv"
KEY = ["model", "images"]
COUNTS = 60_000, 200_000, 600_000
PART = 10_000  # images that are made at a time


def write(folder, count, augment):
    """Write so many images and labels, as .npy files that can be mapped."""
    given, labels = map(torch.from_numpy, prepared.load("train"))
    generator = torch.Generator().manual_seed(0)
    shape, path = (count, 28, 28), folder / f"{count}.npy"
    images = np.lib.format.open_memmap(path, "w+", np.uint8, shape)
    for first in range(0, count, PART):
        chosen = torch.arange(first, min(first + PART, count)) % len(given)
        x = inference.batch(given[chosen], "cpu")
        made = augmentation.augment(x, labels[chosen], generator, **augment)
        images[first : first + PART] = made.mul(255).round().clamp(0, 255).byte().squeeze(1)
    images.flush()
    np.save(folder / f"{count}-labels.npy", labels[torch.arange(count) % len(given)])


def epoch(name, path):
    """Train a model for an epoch on the images of a file; print the seconds it took."""
    settings = measuring.settings()
    torch.set_num_threads(settings["compute"]["threads"])
    images = torch.from_numpy(np.load(path, mmap_mode="c"))  # not written to, but torch asks
    labels = torch.from_numpy(np.load(path.replace(".npy", "-labels.npy")))
    configuration, recipe = job.configure(name, settings[name], prepared.dataset())
    network = weights.build(configuration, 0)
    recipe = {**recipe, "epochs": 1}
    start = time.perf_counter()
    list(loop.train(network, images, labels, {}, settings["augment"], 0, **recipe))
    files.write_json(Path(path).with_name("seconds.json"), time.perf_counter() - start)


def main():
    """Run what is not finished yet."""
    settings = measuring.settings()
    lines = measuring.finished(PATH, KEY)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for count in COUNTS:
            path = folder / f"{count}.npy"
            for name in params.models(settings):
                if (name, count) in lines:
                    continue
                if not path.exists():
                    write(folder, count, settings["augment"])
                line = [sys.executable, __file__, name, str(path)]
                _, highest = measuring.watched(line, "Pss_Anon")
                seconds = files.read_json(folder / "seconds.json")
                found = {"seconds": round(seconds, 1), "mebibytes": round(highest)}
                print(name, count, found, flush=True)
                lines[name, count] = {"model": name, "images": count, **found, **measuring.made()}
                files.write_csv(PATH, pd.DataFrame(lines.values()))


if __name__ == "__main__":
    epoch(*sys.argv[1:]) if sys.argv[1:] else main()
