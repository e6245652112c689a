"""On what the arithmetic runs."""

import os
from contextlib import AbstractContextManager

import torch

from mnist.core.accepted_values import TRUTH, choice, whole
from mnist.core.errors import InputError

ACCEPTED = {
    "device": choice("cpu", "cuda", "mps", "auto"),
    "threads": whole(1, 1024),
    "deterministic": TRUTH,
}


def prepare(*, device: str, threads: int, deterministic: bool) -> torch.device:
    """Return the torch device, with the threads set and, if asked, only deterministic algorithms.

    'auto' takes CUDA, else MPS, else the CPU. Raises InputError where the named device is missing.
    """
    here = ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
    device = [*here, "cpu"][0] if device == "auto" else device
    if device not in [*here, "cpu"]:
        raise InputError(f"compute.device is {device}, but torch finds none here; use cpu or auto")
    torch.set_num_threads(threads)
    # cuBLAS is deterministic only with a fixed workspace: docs.pytorch.org, Reproducibility.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    return torch.device(device)


def autocast(device: torch.device) -> AbstractContextManager:
    """Return the context of a forward pass: bfloat16 on CUDA (Kalamkar et al. 2019), else nothing.

    The CPU is the reference, and only some processors are faster at bfloat16 than at float32.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
