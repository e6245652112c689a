"""Time one model in a process of its own: python -m pipelines.edge.measure KIND MODEL FILE...

FILE is an exported file, or the weights of the networks of a MODEL, which PyTorch then runs: as an
ensemble, or the first alone, as KIND says. Prints JSON: the median milliseconds for one image on
one thread, those from opening the file to the first answer, and the MB of memory that the process
needs at its peak beyond its libraries and the images.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from mnist.data import prepared
from pipelines.edge.formats import runtime, tflite

IMAGES, ROUNDS = 200, 5  # a round warms up


def opened(kind: str, model: str, paths: list[str]) -> runtime.Model:
    """Return what the file, or the networks of a model, compute of one image."""
    if not paths[0].endswith(".pt"):
        return runtime.load(paths[0])
    import torch

    from mnist.models import weights
    from mnist.models.ensemble import Ensemble
    from pipelines.edge.formats.network import RawImages

    networks = [weights.load(path, model) for path in paths]
    alone = torch.nn.Sequential(networks[0], torch.nn.Softmax(1))
    asked = RawImages(Ensemble(networks) if kind == "ensemble" else alone).eval()

    @torch.inference_mode()
    def answer(image: np.ndarray) -> np.ndarray:
        return asked(torch.from_numpy(image[None]).float())[0].numpy()

    return answer


def libraries(path: str) -> None:
    """Import what runs a file, so that only the file is timed."""
    if path.endswith(".pt"):
        import torch

        import mnist.models.weights  # noqa: F401

        torch.set_num_threads(1)
    elif path.endswith(".onnx"):
        import onnxruntime  # noqa: F401
    else:
        import ai_edge_litert.interpreter  # noqa: F401


def memory(kind: str) -> float:
    """Return the memory of this process, in MB: VmRSS, what it has, or VmHWM, its peak.

    Linux only. What the resource module gives begins with the peak of the parent process.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(kind))


def main(kind: str, model: str, *paths: str) -> None:
    """Print the figures of a file."""
    images = prepared.load("validation")[0][:IMAGES]
    libraries(paths[0])
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here: man 5 proc
    before, start = memory("VmRSS"), time.perf_counter()
    with tflite.quiet():
        answer = opened(kind, model, list(paths))
        answer(images[0])
    cold = time.perf_counter() - start
    seconds = []
    for _ in range(1 + ROUNDS):
        for image in images:
            start = time.perf_counter()
            answer(image)
            seconds.append(time.perf_counter() - start)
    figures = {
        "latency_ms": 1000 * float(np.median(seconds[IMAGES:])),
        "cold_start_ms": 1000 * cold,
        "peak_memory_mb": memory("VmHWM") - before,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
