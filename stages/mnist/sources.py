"""Where the digits come from: MNIST from a verified source, or the UCI digits in scikit-learn."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mnist import idx
from mnist.errors import Refused

# Bytes and SHA-256 of the four canonical files, as first published.
MNIST = {
    "train-images-idx3-ubyte.gz": (
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train-labels-idx1-ubyte.gz": (
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "t10k-images-idx3-ubyte.gz": (
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
MIRRORS = (  # torchvision's and TensorFlow's; LeCun's own page no longer serves the files
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
BESIDE = "../shared/mnist"  # a mirror beside the checkout, for classrooms and CI
TIMEOUT = 20  # seconds without a byte
ATTEMPTS = 2  # for what may pass: a time-out, a broken connection, a server's error 5xx


def known():
    """Return the folders and URLs to try, in order."""
    mirror = os.environ.get("MNIST_MIRROR")
    beside = [BESIDE] if Path(BESIDE).is_dir() else []
    return ([mirror] if mirror else []) + beside + list(MIRRORS)


def download(url, size):
    """Return what the URL serves, read to one byte past the expected size, with a progress bar.

    Raises Refused with the reason, after ATTEMPTS where another attempt may help.
    """
    for _ in range(ATTEMPTS):
        try:
            with (
                urllib.request.urlopen(url, timeout=TIMEOUT) as answer,
                tqdm(total=size, unit="B", unit_scale=True, desc=url.rsplit("/", 1)[1]) as bar,
            ):
                data = b""
                while len(data) <= size and (block := answer.read(min(1 << 16, size + 1))):
                    data += block
                    bar.update(len(block))
                return data
        except urllib.error.HTTPError as error:
            reason = f"HTTP {error.code} {error.reason}"
            if error.code < 500:
                break
        except urllib.error.URLError as error:
            reason = str(error.reason)
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
        except ValueError as error:  # not a URL at all
            raise Refused(str(error)) from None
    raise Refused(reason)


def verified(source, name, size, digest):
    """Return the bytes of one file from a folder or URL; raise Refused where they are others."""
    if "://" in source:
        data = download(f"{source.rstrip('/')}/{name}", size)
    else:
        try:
            data = Path(source, name).read_bytes()
        except OSError as error:
            raise Refused(error.strerror) from None
    if hashlib.sha256(data).hexdigest() == digest:
        return data
    if data.lstrip()[:1] == b"<":
        raise Refused("a web page instead of the file")
    if len(data) != size:
        raise Refused(f"{'more than ' * (len(data) > size)}{min(len(data), size)} bytes of {size}")
    raise Refused("the SHA-256 is not the canonical one")


def mnist(sources, files):
    """Return {name: bytes} of the files {name: (size, SHA-256)}, each from the first source of it.

    Raises Refused, listing every source and why it failed, where no source has one of them.
    """
    found = {}
    for name, (size, digest) in files.items():
        failures = []
        for source in sources:
            try:
                found[name] = verified(source, name, size, digest)
                break
            except Refused as error:
                failures.append(f"{source}: {error}")
        else:
            raise Refused(
                f"no source has {name} ({'; '.join(failures)}). Name a folder or URL that has it "
                "in MNIST_MIRROR, or try the pipeline without any network: "
                "dvc exp run -S fetch.dataset=optdigits"
            )
        for failure in failures:
            tqdm.write(f"fetch: passed over {failure}")
    return found


def optdigits():
    """Return {name: bytes}: scikit-learn's 1,797 UCI digits in the form of the four MNIST files.

    8 × 8 pixels of 0..16 become 20 × 20 of 0..255, in a frame of 4 as in MNIST; a stratified sixth
    is the test set. Alpaydin & Kaynak 1998, doi:10.24432/C50P49.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    # grid_mode takes a pixel as an area, so that the enlarged digit stays centred.
    large = zoom(digits.images, (1, 2.5, 2.5), order=1, mode="nearest", grid_mode=True)
    images = np.pad(np.rint(large * 255 / 16).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    parts = train_test_split(
        images, digits.target, test_size=1 / 6, stratify=digits.target, random_state=0
    )
    names = ("train-images-idx3", "t10k-images-idx3", "train-labels-idx1", "t10k-labels-idx1")
    return {f"{name}-ubyte.gz": idx.encode(part) for name, part in zip(names, parts, strict=True)}


def fetch(*, dataset):
    """Return {name: bytes} of the four files of 'mnist' or 'optdigits'."""
    return mnist(known(), MNIST) if dataset == "mnist" else optdigits()
