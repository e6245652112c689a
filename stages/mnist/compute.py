"""On what the arithmetic runs."""

import os

import torch

from mnist.errors import Refused


def prepare(*, device, threads):
    """Return the torch device, with the threads set and only deterministic algorithms allowed.

    'auto' takes CUDA, else MPS, else the CPU. Raises Refused where the named device is missing.
    """
    here = ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
    device = [*here, "cpu"][0] if device == "auto" else device
    if device not in [*here, "cpu"]:
        raise Refused(f"compute.device is {device}, but torch finds none here; use cpu or auto")
    torch.set_num_threads(threads)
    # cuBLAS is deterministic only with a fixed workspace: docs.pytorch.org, Reproducibility.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    return torch.device(device)
