"""What verify.py says of a process that dies."""

import shutil
import sys

import pytest

from mnist.core.errors import InputError
from pipelines.edge import verify


def test_a_process_that_dies_in_silence_is_one_line(monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(InputError) as caught:
        verify.timed("alone", "cnn", ["x.onnx"])
    said = "x.onnx cannot be timed: the process ended with 1; 'make edge' tries again"
    assert str(caught.value) == said
