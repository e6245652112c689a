"""A .tflite file says what it is, and damage is seen."""

import zipfile

import pytest

from mnist.core.errors import InputError
from pipelines.edge.formats import card

MODEL = b"\x1c\x00\x00\x00TFL3" + bytes(range(256)) * 8


@pytest.fixture
def path(tmp_path):
    data = card.attached(MODEL, ["zero", "one"], {"model": "cnn", "licence": "MIT"})
    (tmp_path / "cnn_int8.tflite").write_bytes(data)
    return tmp_path / "cnn_int8.tflite"


def test_the_model_comes_first_and_what_it_says_is_read_back(path):
    assert path.read_bytes().startswith(MODEL)
    found = card.read(path)
    assert found["labels"] == ["zero", "one"] and found["model"] == "cnn"


def test_any_program_that_unpacks_archives_reads_it(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["labels.txt", "metadata.json"]
        assert archive.read("labels.txt") == b"zero\none\n"


def test_the_same_model_and_metadata_are_the_same_bytes(path):
    again = card.attached(MODEL, ["zero", "one"], {"model": "cnn", "licence": "MIT"})
    assert again == path.read_bytes()


@pytest.mark.parametrize(
    "at", [0, 100, len(MODEL) - 1, len(MODEL) + 40, -1, "half", "empty", "more"]
)
def test_damage_is_one_line_that_names_the_file(path, at):
    data = bytearray(path.read_bytes())
    if at == "half":
        data = data[: len(data) // 2]
    elif at == "empty":
        data = b""
    elif at == "more":
        data = b"x" + data
    else:
        data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        card.read(path)
    assert str(path) in str(caught.value) and "make edge" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="is missing"):
        card.read(tmp_path / "none.tflite")
