"""On what the arithmetic runs."""

import os
from contextlib import AbstractContextManager

import torch

from mnist.core.accepted_values import TRUTH, choice, whole
from mnist.core.errors import InputError

# Threads, and processes, per core: more only wait for each other, until an epoch never ends.
MOST = 4
ACCEPTED = {
    "device": choice("cpu", "cuda", "mps", "auto"),
    "threads": whole(1, MOST * (os.cpu_count() or 1)),
    "deterministic": TRUTH,
    "processes": whole(1, MOST * (os.cpu_count() or 1)),
}


def prepare(*, device: str, threads: int, deterministic: bool, processes: int = 1) -> torch.device:
    """Return the torch device, with the threads set and, if asked, only deterministic algorithms.

    'auto' takes CUDA, else MPS, else the CPU. Where a launcher has started several processes, each
    gets its share of the threads, and a GPU of its own; to start them is the job's. Raises
    InputError where the named device is missing.
    """
    here = ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
    device = [*here, "cpu"][0] if device == "auto" else device
    if device not in [*here, "cpu"]:
        raise InputError(f"compute.device is {device}, but torch finds none here; use cpu or auto")
    several = int(os.environ.get("LOCAL_WORLD_SIZE", 1))  # of torch's launcher
    torch.set_num_threads(max(1, threads // several))
    # cuBLAS is deterministic only with a fixed workspace: docs.pytorch.org, Reproducibility.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    if device == "cuda" and several > 1:
        return torch.device(device, int(os.environ["LOCAL_RANK"]))
    return torch.device(device)


def autocast(device: torch.device) -> AbstractContextManager:
    """Return the context of a forward pass: bfloat16 on CUDA (Kalamkar et al. 2019), else nothing.

    The CPU is the reference, and only some processors are faster at bfloat16 than at float32.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
