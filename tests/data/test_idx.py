import struct

import numpy as np
import pytest

from mnist.core.errors import InputError
from mnist.data import idx
from reference import torchvision

IMAGES = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)


def made(magic, *shape, values=b""):
    return bytes.fromhex(magic) + struct.pack(f">{len(shape)}I", *shape) + values


MALFORMED = {
    "a web page": b"<html>Not found</html>",
    "a gzip file": bytes.fromhex("1f8b0800") + bytes(2000),
    "an empty file": b"",
    "a truncated file": idx.encode(IMAGES)[:-20],
    "no header": b"\x00\x00",
    "half a header": bytes.fromhex("00000803") + b"\x00" * 5,
    "another magic number": made("4d4e0803", 1, 1, 1, values=b"\x00"),
    "signed bytes": made("00000903", 1, 1, 1, values=b"\x00"),
    "floats": made("00000d03", 1, 1, 1, values=b"\x00" * 4),
    "labels where images are expected": made("00000801", 3, values=b"\x00" * 20),
    "four dimensions": made("00000804", 1, 1, 1, 1, values=b"\x00"),
    "no image": made("00000803", 0, 28, 28),
    "too few values": made("00000803", 2, 28, 28, values=b"\x00" * 783),
    "too many values": made("00000803", 1, 28, 28, values=b"\x00" * 785),
    "more than memory holds": made("00000803", 2**32 - 1, 2**32 - 1, 2**32 - 1, values=b"\x00"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_file_is_an_error_of_one_line_that_names_it(kind):
    with pytest.raises(InputError) as failure:
        idx.decode(MALFORMED[kind], 3, "t10k")
    assert str(failure.value).startswith("t10k") and "\n" not in str(failure.value)


def test_what_is_written_is_read_back():
    assert np.array_equal(idx.decode(idx.encode(IMAGES), 3, ""), IMAGES)
    assert len(idx.encode(IMAGES)) == 16 + IMAGES.size


def test_the_reader_agrees_with_torchvision(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx.encode(IMAGES))
    theirs = torchvision().datasets.mnist.read_image_file(path).numpy()
    assert np.array_equal(theirs, idx.decode(idx.encode(IMAGES), 3, ""))


def written(folder, images, labels):
    (folder / "train-images-idx3-ubyte").write_bytes(idx.encode(images))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx.encode(labels))
    return folder


def test_a_pair_is_read(tmp_path):
    images, labels = idx.read_pair(written(tmp_path, IMAGES, np.array([3, 9])), "train")
    assert np.array_equal(images, IMAGES) and labels.tolist() == [3, 9]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES, np.array([1, 2, 3]), "2 images, but 3 labels"),
        (IMAGES, np.array([1, 10]), "the label 10, expected 0 to 9"),
        (IMAGES[:, :27], np.array([1, 2]), r"\(27, 28\) pixels, expected \(28, 28\)"),
    ],
)
def test_two_files_that_do_not_fit_are_an_error(images, labels, message, tmp_path):
    with pytest.raises(InputError, match=message):
        idx.read_pair(written(tmp_path, images, labels), "train")


def test_a_damaged_file_is_told_with_what_to_do(tmp_path):
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(b"<html>Not found</html>")
    with pytest.raises(InputError, match=r"expected IDX's.*; remove it, then 'dvc repro -f fetch'"):
        idx.read(path, 3)


def test_a_missing_file_is_told_with_the_command_that_brings_it(tmp_path):
    with pytest.raises(InputError, match="dvc repro -f fetch"):
        idx.read_pair(tmp_path, "train")
