"""External test sets, where they can be had: other writers' digits, and clothes.

Without them everything else is measured all the same, so nothing here waits long.
"""

import bz2
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mnist.data import idx
from mnist.data.datasets import FASHION_MNIST
from mnist.data.download import Limits
from mnist.data.sources import collect, place, unpack

QUICK = Limits(answer=5, retries=0)  # who is there answers sooner
PATIENCE = 60  # seconds for all files of one set, of which the largest has 10 MB
MNIST_TEST = 10_000  # QMNIST's test digits begin with MNIST's own
CLOTHES = "t10k-images-idx3-ubyte"


def usps(file: bytes) -> dict[str, np.ndarray]:
    """Return USPS's test digits, uint8 (n, 16, 16), 0 being paper, and their labels, uint8 (n,).

    Lines of a label, 1 being the digit 0, and index:value for 256 pixels of -1..1: Hull 1994,
    doi:10.1109/34.291440, as the LIBSVM project has them.
    """
    lines = [line.split() for line in bz2.decompress(file).decode().splitlines()]
    values = [[float(pair.partition(":")[2]) for pair in pairs] for _, *pairs in lines]
    images = np.rint((np.reshape(values, (-1, 16, 16)) + 1) / 2 * 255).astype(np.uint8)
    return {"images": images, "labels": np.uint8([int(label) - 1 for label, *_ in lines])}


def qmnist(images: bytes, labels: bytes) -> dict[str, np.ndarray]:
    """Return QMNIST's extra test digits, uint8 (n, 28, 28), labels, uint8 (n,), and writers.

    The file of labels has eight big-endian int32 for each digit, the first its label and the third
    the number of its writer, returned as int32 (n,): Yadav & Bottou 2019, arXiv:1905.10498.
    """
    columns = np.frombuffer(unpack(labels), ">i4", offset=12).reshape(-1, 8)[MNIST_TEST:]
    return {
        "images": idx.decode(unpack(images), 3, "QMNIST")[MNIST_TEST:],
        "labels": columns[:, 0].astype(np.uint8),
        "writers": columns[:, 2].astype(np.int32),
    }


def clothes(images: bytes) -> dict[str, np.ndarray]:
    """Return Fashion-MNIST's test images, uint8 (n, 28, 28)."""
    return {"images": idx.decode(images, 3, "Fashion-MNIST")}


@dataclass(frozen=True)
class Published:
    """An external test set and where it is published.

    files: {name: digest}, as sources.verified takes them: MD5 where nothing else was published.
    address: the URL of the folder that holds them.
    arrays: takes the bytes of the files, in their order, and returns named arrays.
    variables: the environment variables that may name a folder or URL with the files.
    """

    files: Mapping[str, str]
    address: str
    arrays: Callable[..., dict[str, np.ndarray]]
    variables: tuple[str, ...] = ("OTHERS_MIRROR",)


SETS = {  # addresses and MD5 as torchvision has them
    "usps": Published(
        files={"usps.t.bz2": "8ea070ee2aca1ac39742fdd1ef5ed118"},
        address="https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass",
        arrays=usps,
    ),
    "qmnist": Published(
        files={
            "qmnist-test-images-idx3-ubyte.gz": "1394631089c404de565df7b7aeaf9412",
            "qmnist-test-labels-idx2-int.gz": "5b5b05890a5e13444e108efe57b788aa",
        },
        address="https://raw.githubusercontent.com/facebookresearch/qmnist/master",
        arrays=qmnist,
    ),
    "clothes": Published(
        files={CLOTHES: FASHION_MNIST.files[CLOTHES]},
        address=FASHION_MNIST.mirrors[0],
        arrays=clothes,
        variables=("OTHERS_MIRROR", FASHION_MNIST.variable),
    ),
}


def bring(name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a set by name, its files verified; raise InputError with why not."""
    published = SETS[name]
    limits = replace(QUICK, until=time.monotonic() + PATIENCE)
    addresses = [*map(os.environ.get, published.variables), published.address]
    tried = [place(address, limits) for address in addresses if address]
    found = collect(published.files, tried, tell=lambda _: None)
    return published.arrays(*(found[file] for file in published.files))
