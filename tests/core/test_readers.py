"""Whatever a file holds, a reader returns what belongs there or says in one line why not."""

import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mnist.core import files, params, text
from mnist.core.errors import InputError
from mnist.data import idx, sources
from mnist.models import weights
from mnist.photos import folders, pages
from mnist.training import checkpoints

# No deadline: the machine may be busy. The folder is the same for all examples, and overwritten.
relaxed = settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
BUFFER = io.BytesIO()
Image.fromarray(np.pad(np.zeros((40, 12), np.uint8), 30, constant_values=255)).save(BUFFER, "PNG")
PNG = BUFFER.getvalue()
bytes_or_nearly = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=60).map(str.encode),
    st.tuples(st.integers(0, len(PNG)), st.binary(max_size=9)).map(
        lambda at: PNG[: at[0]] + at[1] + PNG[at[0] + len(at[1]) :]
    ),
)


def refused(function, *given):
    """Return why a function refuses what it is given, or None where it does not."""
    try:
        function(*given)
    except InputError as error:
        return str(error)


@relaxed
@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_an_array_comes_back_from_idx_as_it_was(shape, random):
    array = np.array([random.randrange(256) for _ in range(np.prod(shape))], np.uint8)
    again = idx.decode(idx.encode(array.reshape(shape)), len(shape), "it")
    assert np.array_equal(again, array.reshape(shape))


@relaxed
@given(st.binary(max_size=60), st.integers(1, 3))
def test_idx_is_read_whole_or_refused(content, dimensions):
    for raw in (content, idx.encode(np.ones((2,) * dimensions, np.uint8))[: len(content)]):
        reason = refused(idx.decode, raw, dimensions, "the file")
        assert reason or idx.encode(idx.decode(raw, dimensions, "the file")) == raw


@relaxed
@given(bytes_or_nearly)
@pytest.mark.parametrize(
    "reader",
    [
        files.read_json,
        files.read_arrays,
        params.read,
        pages.read,
        folders.columns,
        lambda path: weights.load(path, "cnn"),
    ],
    ids=["JSON", "arrays", "parameters", "photos", "labels", "weights"],
)
def test_any_bytes_are_read_or_refused_in_one_line(reader, tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    reason = refused(reader, path)
    assert reason is None or ("\n" not in reason and str(path) in reason)


@relaxed
@given(st.binary(max_size=300))
def test_a_checkpoint_of_any_bytes_is_none(tmp_path, content):
    path, key = tmp_path / "checkpoint", "0" * 64
    for whole in (content, key.encode() + content):
        path.write_bytes(whole)
        assert checkpoints.load(path, key) is None


@relaxed
@given(st.binary(max_size=300))
def test_what_is_unpacked_is_complete_or_refused(content):
    for raw in (content, b"\x1f\x8b" + content):
        reason = refused(sources.unpack, raw)
        assert reason is None or "\n" not in reason


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3)
    ),
    max_leaves=9,
)


@relaxed
@given(plain)
def test_any_value_of_a_parameter_is_accepted_or_named(value):
    for accepted in (weights.architecture("cnn").ACCEPTED, weights.architecture("ann").ACCEPTED):
        for key in accepted:
            reason = refused(params.check, {"cnn": {key: value}}, {"cnn": {key: accepted[key]}})
            assert reason is None or ("\n" not in reason and f"cnn.{key}" in reason)


words = st.text("abc", min_size=1, max_size=5)
sections = st.dictionaries(words, st.none() | st.booleans() | st.integers() | words, max_size=3)


@relaxed
@given(st.dictionaries(words, sections, min_size=1, max_size=3))
def test_parameters_are_read_as_they_were_written(tmp_path, values):
    path = tmp_path / "params.yaml"
    path.write_text(json.dumps(values))  # JSON is YAML
    assert params.read(path) == values


@relaxed
@given(st.text(max_size=40))
def test_a_line_is_one_line(words):
    assert "\n" not in text.line(words) and text.printable(words).isprintable()
