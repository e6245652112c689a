"""Published images that are not MNIST's, where they can be had: other digits, and clothes.

Without them everything else is measured all the same, so nothing here waits long.
"""

import bz2
import gzip
import os
import queue
import threading

import numpy as np

from mnist import idx, sources
from mnist.errors import Refused

QUICK = {"timeout": 5, "attempts": 1}  # seconds without a byte: who is there answers sooner
PATIENCE = 60  # seconds for all files of one set, of which the largest has 10 MB
MNIST_TEST = 10_000  # QMNIST's test digits begin with MNIST's own


def usps(file):
    """Return USPS's test digits, uint8 (n, 16, 16), 0 being paper, and their labels, uint8 (n,).

    Lines of a label, 1 being the digit 0, and index:value for 256 pixels of -1..1: Hull 1994,
    doi:10.1109/34.291440, as the LIBSVM project has them.
    """
    lines = [line.split() for line in bz2.decompress(file).decode().splitlines()]
    values = [[float(pair.partition(":")[2]) for pair in pairs] for _, *pairs in lines]
    images = np.rint((np.reshape(values, (-1, 16, 16)) + 1) / 2 * 255).astype(np.uint8)
    return {"images": images, "labels": np.uint8([int(label) - 1 for label, *_ in lines])}


def qmnist(images, labels):
    """Return QMNIST's extra test digits, uint8 (n, 28, 28), their labels and their writers, (n,).

    Each has eight big-endian int32, of which the first is the digit and the third the writer: Yadav
    & Bottou 2019, arXiv:1905.10498.
    """
    columns = np.frombuffer(gzip.decompress(labels), ">i4", offset=12).reshape(-1, 8)[MNIST_TEST:]
    return {
        "images": idx.decode(images, 3, "QMNIST")[MNIST_TEST:],
        "labels": columns[:, 0].astype(np.uint8),
        "writers": columns[:, 2].astype(np.int32),
    }


def clothes(images):
    """Return Fashion-MNIST's test images, uint8 (n, 28, 28): Xiao et al. 2017, arXiv:1708.07747."""
    return {"images": idx.decode(images, 3, "Fashion-MNIST")}


SETS = {  # where a set is published, the MD5 of its files, as torchvision has them, and its reader
    "usps": (
        "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass",
        {"usps.t.bz2": "8ea070ee2aca1ac39742fdd1ef5ed118"},
        usps,
    ),
    "qmnist": (
        "https://raw.githubusercontent.com/facebookresearch/qmnist/master",
        {
            "qmnist-test-images-idx3-ubyte.gz": "1394631089c404de565df7b7aeaf9412",
            "qmnist-test-labels-idx2-int.gz": "5b5b05890a5e13444e108efe57b788aa",
        },
        qmnist,
    ),
    "clothes": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        {"t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79"},
        clothes,
    ),
}


def known(published):
    """Return the folders and URLs to try, in order."""
    mirror = os.environ.get("OTHERS_MIRROR")
    return [*([mirror] if mirror else []), published]


def within(seconds, function):
    """Return what a function returns, or raise what it raises; Refused where it takes longer.

    A timeout alone bounds neither the look-up of a name nor a download that trickles.
    """
    answers = queue.SimpleQueue()

    def work():
        try:
            answers.put((function(), None))
        except Exception as error:  # to be raised again where it is waited for
            answers.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise Refused(f"took longer than {seconds} seconds") from None
    if error:
        raise error
    return answer


def bring(name):
    """Return the arrays of a set by name, its files verified; raise Refused with why not."""
    published, digests, read = SETS[name]
    tried = known(published)

    def files():
        return [sources.first(tried, *each, **QUICK) for each in digests.items()]

    return read(*within(PATIENCE, files))
