"""Where the digits come from: MNIST from a verified source, or the UCI digits in scikit-learn."""

import hashlib
import http.client
import os
import urllib.request
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mnist import idx
from mnist.errors import Refused

# SHA-256 of the four canonical files as first published, gzipped.
MNIST = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MIRRORS = (  # torchvision's and TensorFlow's; LeCun's own page no longer serves the files
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
BESIDE = "../shared/mnist"  # a mirror beside the checkout, for classrooms and CI
TIMEOUT = 20  # seconds without a byte
ATTEMPTS = 2  # what failed may have been a moment's trouble
BLOCK, BLOCKS = 1 << 16, 256  # 16 MiB at most: the largest file has 9.9 MB


def known():
    """Return the folders and URLs to try, in order."""
    mirror = os.environ.get("MNIST_MIRROR")
    beside = [BESIDE] if Path(BESIDE).is_dir() else []
    return [*([mirror] if mirror else []), *beside, *MIRRORS]


def download(url, timeout=TIMEOUT, attempts=ATTEMPTS):
    """Return the bytes that a URL serves, with a progress bar; raise Refused with the reason."""
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(url, timeout=timeout) as answer:
                size = int(answer.headers.get("Content-Length", 0)) or None
                name = url.rpartition("/")[2]
                with tqdm.wrapattr(answer, "read", total=size, desc=name) as file:
                    return b"".join(islice(iter(partial(file.read, BLOCK), b""), BLOCKS))
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
    raise Refused(reason)


def verified(source, name, digest, **patience):
    """Return the bytes of one file from a folder or URL; raise Refused where they are others.

    The digest is SHA-256, or MD5 where nothing else was published. Patience is download's.
    """
    if "://" in source:
        data = download(f"{source.rstrip('/')}/{name}", **patience)
    else:
        try:
            data = Path(source, name).read_bytes()
        except OSError as error:
            raise Refused(error.strerror) from None
    method = "MD5" if len(digest) == 32 else "SHA-256"
    if hashlib.new(method.replace("-", ""), data, usedforsecurity=False).hexdigest() != digest:
        kind = "a web page" if data.lstrip()[:1] == b"<" else "another file, or a part of it"
        raise Refused(f"{kind}, by its {len(data):,} bytes and their {method}")
    return data


def first(sources, name, digest, **patience):
    """Return the bytes of one file from the first source that has it.

    Raises Refused, listing every source and why it failed, where none has it.
    """
    failures = []
    for source in sources:
        try:
            data = verified(source, name, digest, **patience)
        except Refused as error:
            failures.append(f"{source}: {error}")
        else:
            for failure in failures:
                tqdm.write(f"passed over {failure}")
            return data
    raise Refused(f"no source has {name} ({'; '.join(failures)})")


def mnist(sources, digests):
    """Return {name: bytes} of the files in {name: SHA-256}, each from the first source of it.

    Raises Refused, listing every source and why it failed, where no source has one of them.
    """
    names = {f"{stem}.gz": digest for stem, digest in digests.items()}
    try:
        return {name: first(sources, name, digest) for name, digest in names.items()}
    except Refused as error:
        raise Refused(
            f"{error}. Name a folder or URL that has it in MNIST_MIRROR, or try the pipeline "
            "without any network: dvc exp run -S fetch.dataset=optdigits"
        ) from None


def optdigits():
    """Return {name: bytes}: scikit-learn's 1,797 UCI digits in the form of the four MNIST files.

    8 × 8 pixels of 0..16 become 20 × 20 of 0..255, in a frame of 4 as in MNIST; a stratified sixth
    is the test set. Alpaydin & Kaynak 1998, doi:10.24432/C50P49.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    # grid_mode takes a pixel as an area, so that the enlarged digit stays centred.
    larger = zoom(images.reshape(-1, 8, 8), (1, 2.5, 2.5), order=1, mode="nearest", grid_mode=True)
    framed = np.pad(np.rint(larger * 255 / 16).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    parts = train_test_split(framed, labels, test_size=1 / 6, stratify=labels, random_state=0)
    names = ("train-images-idx3", "t10k-images-idx3", "train-labels-idx1", "t10k-labels-idx1")
    return {f"{name}-ubyte.gz": idx.encode(x) for name, x in zip(names, parts, strict=True)}


def fetch(*, dataset):
    """Return {name: bytes} of the four files of 'mnist' or 'optdigits'."""
    return mnist(known(), MNIST) if dataset == "mnist" else optdigits()
