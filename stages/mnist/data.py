"""What the raw digits are, which of them may be learnt from, and how they are divided."""

import numpy as np
from sklearn import model_selection

from mnist import files

SAMPLE = 5000  # training images, the first of train.npz, on which the fit is measured


def digests(images):
    """Return one hashable value per image, equal for equal images."""
    return [image.tobytes() for image in images]


def usable(images, test_images):
    """Return which training images, uint8 (n, 28, 28), to keep: a bool array (n,).

    Dropped are blank images, repetitions of an earlier image, and images that also stand in the
    test set, since learning those would be learning the answers. The test set is never touched.
    """
    seen, keep = set(digests(test_images)), np.ptp(images, axis=(1, 2)) > 0
    for i, digest in enumerate(digests(images)):
        keep[i] &= digest not in seen
        seen.add(digest)
    return keep


def split(labels, *, validation, seed):
    """Return the indices (train, validation) of a stratified random division of labels (n,).

    Validation is that fraction of the images, and of each class to within one image. Both halves
    come in random order, so that the first images of each are a random sample.
    """
    everyone = np.arange(len(labels))
    options = {"test_size": validation, "stratify": labels, "random_state": seed}
    return model_selection.train_test_split(everyone, **options)


def describe(images, labels):
    """Return plain figures on one set: size, pixel range, blanks, repetitions, class counts."""
    return {
        "images": len(images),
        "pixel_min": int(images.min()),
        "pixel_max": int(images.max()),
        "blank": int((np.ptp(images, axis=(1, 2)) == 0).sum()),
        "repeated": len(images) - len(set(digests(images))),
        "per_class": np.bincount(labels, minlength=10).tolist(),
    }


def normalisation(images):
    """Return the mean and standard deviation over all pixels of uint8 images, in units of 0..1.

    Computed from counts of the 256 values, so exact and independent of any order of summation.
    """
    counts, values = np.bincount(images.ravel(), minlength=256), np.arange(256) / 255
    mean = counts @ values / counts.sum()
    return float(mean), float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum()))


def load(part):
    """Return images, uint8 (n, 28, 28), and labels, int64 (n,), of a part of data/prepared."""
    arrays = files.read_arrays(f"data/prepared/{part}.npz")
    return arrays["images"], arrays["labels"].astype(np.int64)
