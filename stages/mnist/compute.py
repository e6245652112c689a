"""On what the arithmetic runs."""

import os

import torch

from mnist.errors import Refused


def prepare(*, device, threads, deterministic):
    """Return the torch device, with the threads set and, if asked, only deterministic algorithms.

    'auto' takes CUDA, else MPS, else the CPU. Raises Refused where the named device is missing.
    """
    here = ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
    device = [*here, "cpu"][0] if device == "auto" else device
    if device not in [*here, "cpu"]:
        raise Refused(f"compute.device is {device}, but torch finds none here; use cpu or auto")
    torch.set_num_threads(threads)
    # cuBLAS is deterministic only with a fixed workspace: docs.pytorch.org, Reproducibility.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    return torch.device(device)


def autocast(device):
    """Return the context of a forward pass: bfloat16 on CUDA (Kalamkar et al. 2019), else nothing.

    The CPU is the reference, and only some processors are faster at bfloat16 than at float32.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
