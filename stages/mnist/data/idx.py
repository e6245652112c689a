"""The IDX format, in which MNIST is published: read strictly, written canonically.

A file is a magic number (two zero bytes, a type code, the number of dimensions), each dimension
as a big-endian 32-bit integer, then the values in C order (http://yann.lecun.com/exdb/mnist).
"""

import math
import struct
from pathlib import Path

import numpy as np

from mnist.core.errors import InputError

ADVICE = "remove it, then 'dvc repro -f fetch' brings it again"
UNSIGNED_BYTE = 0x08  # the only one of the format's six type codes that MNIST uses


def decode(raw: bytes, dimensions: int, name: object) -> np.ndarray:
    """Return the array, uint8 with that many dimensions, in uncompressed IDX bytes.

    Raises InputError, naming the file, on anything but one complete array of unsigned bytes.
    """
    magic = struct.pack(">HBB", 0, UNSIGNED_BYTE, dimensions)
    header = len(magic) + 4 * dimensions
    if raw[:4] != magic:
        raise InputError(f"{name} starts with 0x{raw[:4].hex()}, expected IDX's 0x{magic.hex()}")
    if len(raw) < header:
        raise InputError(f"{name} has {len(raw)} bytes, fewer than its header of {header}")
    shape = struct.unpack(f">{dimensions}I", raw[4:header])
    if len(raw) - header != math.prod(shape) or 0 in shape:
        raise InputError(f"{name} has {len(raw) - header} values, its shape says {shape}")
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape)


def encode(array: np.ndarray) -> bytes:
    """Return a uint8 array as uncompressed IDX bytes."""
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def read(path: Path, dimensions: int) -> np.ndarray:
    """Return the array in an IDX file; raise InputError where it is missing or malformed."""
    if not path.is_file():
        raise InputError(f"{path} is missing; 'dvc repro -f fetch' brings it")
    try:
        return decode(path.read_bytes(), dimensions, path)
    except InputError as error:
        raise InputError(f"{error}; {ADVICE}") from error


def read_pair(folder: str | Path, prefix: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images, uint8 (n, 28, 28), and labels, uint8 (n,) in 0..9, of one half of MNIST.

    The prefix is 'train' or 't10k'. Raises InputError where the two files are not such a pair.
    """
    images = read(Path(folder, f"{prefix}-images-idx3-ubyte"), 3)
    labels = read(Path(folder, f"{prefix}-labels-idx1-ubyte"), 1)
    problem = None
    if images.shape[1:] != (28, 28):
        problem = f"images of {images.shape[1:]} pixels, expected (28, 28)"
    elif len(images) != len(labels):
        problem = f"{len(images)} images, but {len(labels)} labels"
    elif labels.max() > 9:
        problem = f"the label {labels.max()}, expected 0 to 9"
    if problem:
        raise InputError(f"{folder}, {prefix}: {problem}; {ADVICE}")
    return images, labels
