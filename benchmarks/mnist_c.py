"""Whether our corruptions are the benchmark's: errors on MNIST-C's own code beside ours.

    PYTHONPATH=stages python benchmarks/mnist_c.py FOLDER    # a quarter of an hour

FOLDER is a clone of github.com/google-research/mnist-c, whose corruptions.py runs here, on all test
images, with all networks of the pipeline, which must have run. No choice is made by what it finds.
It needs scikit-image, opencv-python-headless and wand (with ImageMagick), best in a copy of this
environment. Its code was written for the NumPy, SciPy and scikit-image of 2019: LEGACY gives back
the names that are gone, with what they meant then. Both sides round to whole grey levels.

mnist_c.csv has a line per model and kind: the error of each code, and the difference, theirs less
ours, with 95 % intervals over seeds and images. The images are the same, what happens to each at
random is not; the last line of a model is the mean over the kinds.
"""

import importlib.util
import sys
import types
from contextlib import chdir
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import ndimage

import measuring
from mnist.core import files, params
from mnist.data import prepared
from mnist.evaluation import metrics, statistics
from mnist.evaluation.corruptions import kinds
from mnist.models import weights
from mnist.training import device

PATH = measuring.ANSWER / "mnist_c.csv"


def affine(of, scale=(1, 1), rotation=0, shear=0, translation=(0, 0)):
    """Return an affine transform of scikit-image as 2019's read its arguments, of the class of.

    Its shear then turned the y axis by an angle, and so stretched the image.
    """
    (sx, sy), (x, y), turned = scale, translation, rotation + shear
    matrix = [
        [sx * np.cos(rotation), -sy * np.sin(turned), x],
        [sx * np.sin(rotation), sy * np.cos(turned), y],
        [0, 0, 1],
    ]
    return of(matrix=np.array(matrix))


def theirs(folder):
    """Return the module corruptions of a clone of mnist-c, imported among names as of 2019."""
    import skimage.filters
    import skimage.transform
    import skimage.util

    gaussian, transform = skimage.filters.gaussian, skimage.transform.AffineTransform
    noise = skimage.util.random_noise

    def smooth(image, sigma=1, multichannel=False):
        return gaussian(image, sigma, channel_axis=-1 if multichannel else None)

    def noisy(image, **given):  # which drew its random numbers from NumPy's own then
        return noise(image, rng=np.random.randint(2**31), **given)

    resources = types.ModuleType("pkg_resources")
    resources.resource_filename = lambda _, path: path
    sys.modules["pkg_resources"] = resources
    sys.modules["scipy.ndimage.interpolation"] = ndimage
    np.float_, np.int = float, int
    skimage.filters.gaussian, skimage.util.random_noise = smooth, noisy
    skimage.transform.AffineTransform = lambda **given: affine(transform, **given)
    found = importlib.util.spec_from_file_location("corruptions", folder / "corruptions.py")
    module = importlib.util.module_from_spec(found)
    with chdir(folder):  # it reads a file beside it
        found.loader.exec_module(module)
    return module


def corrupted(function, images, seed=0):
    """Return what a function of theirs makes of uint8 images (n, 28, 28), as ours are, uint8."""
    np.random.seed(seed)
    changed = np.stack([function(Image.fromarray(each)) for each in images])
    return np.round(np.clip(changed, 0, 255)).astype(np.uint8)


def compared(pair):
    """Return the figures of a pair (2, seeds, n): how wrong each image goes with ours, with theirs.

    The bootstrap draws images and seeds, for both codes the same, since the networks are the same.
    """
    means, drawn = pair.mean(axis=(1, 2)), statistics.resample(pair, paired=True).T
    found = {}
    for name, mean, values in (
        ("ours", means[0], drawn[0]),
        ("theirs", means[1], drawn[1]),
        ("difference", means[1] - means[0], drawn[1] - drawn[0]),
    ):
        low, high = statistics.interval(values)
        found |= {name: mean, f"{name}_low": low, f"{name}_high": high}
    return found


def main(words):
    """Measure both codes on every kind, with all networks."""
    if len(words) != 1 or not (Path(words[0]) / "corruptions.py").is_file():
        raise SystemExit("mnist_c.py: name a clone of github.com/google-research/mnist-c")
    settings, module = measuring.settings(), theirs(Path(words[0]).resolve())
    device.prepare(**settings["compute"])
    models = params.models(settings)
    networks = weights.load_all(models, settings["seeds"])
    images, labels = prepared.load("test")
    wrong = {model: {} for model in models}
    for kind in kinds.KINDS:
        both = kinds.corrupt(images, kind), corrupted(getattr(module, kind), images)
        for model, each in networks.items():
            masks = [metrics.predict(each, changed).argmax(2) != labels for changed in both]
            wrong[model][kind] = np.array(masks)
            print(model, kind, *wrong[model][kind].mean(axis=(1, 2)).round(4), flush=True)
    rows = []
    for model, each in wrong.items():
        figures = {kind: compared(pair) for kind, pair in each.items()}
        figures["mean"] = compared(np.mean(list(each.values()), axis=0))
        for kind, found in figures.items():
            line = {"model": model, "kind": kind, **found, "images": len(labels)}
            rows.append({**line, "seeds": len(settings["seeds"]), **measuring.made()})
    files.write_csv(PATH, pd.DataFrame(rows).round(5))


if __name__ == "__main__":
    main(sys.argv[1:])
