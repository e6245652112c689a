"""Training in several processes at once: data-parallel, by torch.distributed.

The loop asks for nothing but the process group, so that it runs alike under our own launch, under a
user's torchrun on several hosts, and under Ray Train. Without a group everything here does nothing.
"""

import logging
import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from mnist.core.errors import InputError

Value = TypeVar("Value")
# Set by torch's launcher, ours or a user's torchrun, and by Ray Train.
WORLD_SIZE = "WORLD_SIZE"
OURS = "mnist-"  # the runs that launch starts are called so
LOST = 75  # the exit code of one that lost another: a temporary failure, in sysexits.h
ONE_BUCKET = 1024  # MB: all gradients are averaged at once, in one order


def launched() -> bool:
    """Return whether a launcher has started this process as one of several."""
    return int(os.environ.get(WORLD_SIZE, 1)) > 1


def size() -> int:
    """Return how many processes train together: 1 without a process group."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Return which of them this is, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextmanager
def group() -> Iterator[None]:
    """Join the processes that a launcher has started; without a launcher do nothing.

    Gloo on the CPU, NCCL on GPUs. A group that is there already, as Ray Train makes it, is used.
    What goes wrong is said by the first process of each machine alone. That another process was
    lost is said by launch, or else raised as an InputError.
    """
    if not launched() or dist.is_initialized():
        yield
        return
    try:
        dist.init_process_group()
        yield
        dist.destroy_process_group()
    except (InputError, KeyboardInterrupt) as error:
        told = _ours() and isinstance(error, KeyboardInterrupt)  # by the one that launched this
        if told or os.environ.get("LOCAL_RANK", "0") != "0":
            sys.exit(1)
        raise
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        if _ours():
            sys.exit(LOST)
        reason = f"process {rank() + 1} of {size()} lost another one"
        raise InputError(f"{reason}; the same command goes on after the last whole epoch") from None


def _ours() -> bool:
    """Return whether this process was started by launch."""
    return os.environ.get("TORCHELASTIC_RUN_ID", "").startswith(OURS)


def launch(processes: int) -> None:
    """Run the script of this process again, in so many processes on this machine, to its end.

    By PyTorch's launcher, without a shell. Raises InputError where one of them fails: the launcher
    then ends the others. Their own messages stand above it.
    """
    # Not at the top: it takes half a second, which nobody else needs to wait.
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    logging.disable(logging.CRITICAL)  # of the launcher's reports; this process does nothing else
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=processes,
        run_id=f"{OURS}{uuid.uuid4()}",
        rdzv_backend="c10d",
        rdzv_endpoint="127.0.0.1:0",  # a free port
        local_addr="127.0.0.1",
        max_restarts=0,  # a run that was interrupted is the caller's to begin again
    )
    try:
        elastic_launch(config, sys.executable)("-u", *sys.argv)
    except ChildFailedError as error:
        codes = {number: failure.exitcode for number, failure in error.failures.items()}
        if any(code > 0 and code != LOST for code in codes.values()):  # that one has said why
            sys.exit(1)
        # Not the ones that the launcher has ended itself, by SIGTERM, if there is another.
        number, code = min(codes.items(), key=lambda x: (x[1] > 0, x[1] == -signal.SIGTERM))
        how = "lost another" if code == LOST else f"was ended by {signal.Signals(-code).name}"
        reason = f"process {number + 1} of {processes} {how}, and training stopped"
        raise InputError(f"{reason}; the same command goes on after the last whole epoch") from None
    except SignalException as error:
        if error.sigval == signal.SIGINT:
            raise KeyboardInterrupt from None
        sys.exit(128 + error.sigval)


def parallel(model: nn.Module) -> nn.Module:
    """Return a model whose gradients are the means over all processes; alone, the model itself.

    BatchNorm takes the mean and variance of each process's own part of a batch; the running ones
    are those of the first process, which is judged and saved.
    """
    if size() == 1:
        return model
    return DistributedDataParallel(model, bucket_cap_mb=ONE_BUCKET)


def part(chosen: Tensor) -> Tensor:
    """Return this process's part of the indices (n,) of a batch; the parts are about equal."""
    return chosen.tensor_split(size())[rank()]


def weight(mine: Tensor, chosen: Tensor) -> float:
    """Return what the mean loss over a process's part counts in the mean over processes.

    1 for equal parts. It makes the mean over processes that over the batch.
    """
    return len(mine) * size() / len(chosen)


def seed(number: int) -> int:
    """Return a seed of this process's own; alone, the number itself."""
    return (number + rank() * 1_000_003) % 2**31  # a prime, so that few numbers meet


def total(value: float) -> float:
    """Return the sum of a value over all processes."""
    if size() == 1:
        return value
    found = torch.tensor(value, dtype=torch.float64)
    dist.all_reduce(found)
    return found.item()


def of_first(value: Value) -> Value:
    """Return the first process's value, of plain values and tensors, in every process."""
    if size() == 1:
        return value
    found = [value]
    dist.broadcast_object_list(found)
    return found[0]


def agree(key: str, what: str) -> None:
    """Raise InputError in every process where not all have the same key."""
    if size() == 1:
        return
    keys: list[str] = [""] * size()
    dist.all_gather_object(keys, key)
    if other := [number for number, each in enumerate(keys) if each != keys[0]]:
        raise InputError(f"process {other[0] + 1} of {size()} has other {what} than the first")
