"""ONNX files, for servers: float32, a batch of any size."""

import json
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from pipelines.edge.formats.tflite import INPUT, OUTPUT


def converted(model: nn.Module, metadata: Mapping[str, Any]) -> bytes:
    """Return the bytes of an ONNX file of a model that takes images (n, 28, 28), with metadata."""
    import onnx  # not at the top: it takes seconds

    program = torch.onnx.export(
        model,
        (torch.zeros(2, 28, 28),),  # of 1, the exporter would make a constant
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    content = program.model_proto
    # The exporter notes at every node from which line of whose files it comes: not the same
    # everywhere, and a quarter of a small model's bytes.
    graph = content.graph
    for each in [
        graph,
        *graph.node,
        *graph.initializer,
        *graph.input,
        *graph.output,
    ]:
        each.ClearField("metadata_props")
    del graph.value_info[:]  # what runtimes infer again
    texts = {
        key: each if isinstance(each, str) else json.dumps(each) for key, each in metadata.items()
    }
    onnx.helper.set_model_props(content, texts)
    return content.SerializeToString(deterministic=True)
