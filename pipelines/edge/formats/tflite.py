"""LiteRT (TensorFlow Lite) files: float32, and int8 in two forms."""

import copy
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import nn

INPUT, OUTPUT = "images", "probabilities"
SIGNATURE = "serving_default"  # LiteRT's name of a model's only function


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the converters and their C++ parts print; print it only where they fail."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as log:
        try:
            for descriptor in (1, 2):
                os.dup2(log.fileno(), descriptor)
            yield
        except BaseException:
            sys.stdout.flush()
            sys.stderr.flush()
            log.seek(0)
            os.write(saved[1], log.read())
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, old in zip((1, 2), saved, strict=True):
                os.dup2(old, descriptor)
                os.close(old)


def converted(model: nn.Module, folder: Path) -> Path:
    """Return a float32 .tflite file in a folder, of a model that takes images (1, 28, 28).

    Its batch is always 1, since litert-torch 0.10.0 makes no other. Tensors are numbered: the names
    that the converter gives them, whole lines of Python, are 8 kB in a file of 110.
    """
    import litert_torch  # not at the top: it takes seconds, and takes over the terminal
    from ai_edge_litert.tools import flatbuffer_utils

    path = folder / "float32.tflite"
    litert_torch.convert(model, sample_kwargs={INPUT: torch.zeros(1, 28, 28)}).export(str(path))
    content = flatbuffer_utils.read_model(path)
    for graph in content.subgraphs:
        for number, tensor in enumerate(graph.tensors):
            tensor.name = str(number)
    for signature in content.signatureDefs:
        for output in signature.outputs:
            output.name = OUTPUT
    flatbuffer_utils.write_model(content, path)
    return path


def quantised(path: Path, images: np.ndarray | None = None) -> bytes:
    """Return a float32 .tflite file with int8 weights, a quarter of the bytes.

    Without images, activations stay float32: dynamic-range int8. With images, uint8 (n, 28, 28),
    whose activations say which range each tensor needs, all is integers, input and output too:
    full-integer int8 (Jacob et al. 2018, arXiv:1712.05877).
    """
    from ai_edge_quantizer import quantizer, recipe

    into = path.with_name("int8.tflite")
    if images is None:
        quantizer.Quantizer(path, recipe.dynamic_wi8_afp32()).quantize().export_model(into)
    else:
        # One scale per matrix, not per row: each row's scales and zero points, of weights and of
        # biases, would be 25 kB of the ANN.
        everything = recipe.static_wi8_ai8()
        matrices = copy.deepcopy(everything[0]) | {"operation": "FULLY_CONNECTED"}
        matrices["op_config"]["weight_tensor_config"]["granularity"] = "TENSORWISE"
        chosen = quantizer.Quantizer(path, [*everything, matrices])
        shown = [{INPUT: image[None].astype(np.float32)} for image in images]
        chosen.quantize(chosen.calibrate({SIGNATURE: shown})).export_model(into)
    data = into.read_bytes()
    into.unlink()
    return data
