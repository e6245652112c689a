"""Ray: the machines that trials and reading run on."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import ray

import mnist
from mnist.core import text
from mnist.core.errors import InputError

ADDRESS = "RAY_ADDRESS"
ADVICE = f"start one as docs/cluster.md says, or unset {ADDRESS}"
WAIT = 10  # seconds for a cluster to answer; Ray itself would try for minutes


def answers(address: str) -> bool:
    """Return whether something listens at host:port; other names are Ray's."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return True
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=WAIT).close()
    except (OSError, OverflowError):
        return False
    return True


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what is written to stderr other than by sys.stderr: Ray's C++ warns in between."""
    own, kept = sys.stderr, os.dup(2)
    options = {"buffering": 1, "errors": "backslashreplace"}
    with open(os.devnull, "w") as nowhere, os.fdopen(os.dup(2), "w", **options) as python:
        os.dup2(nowhere.fileno(), 2)
        sys.stderr = python
        try:
            yield
        finally:
            sys.stderr = own
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def joined(cores: int, *modules: ModuleType) -> Iterator[None]:
    """Use the cluster that RAY_ADDRESS names, or else so many cores of this machine alone.

    The shared package travels to the workers, and the given modules, of this pipeline. Raises
    InputError where no cluster answers.
    """
    os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")  # the newer one prints although told not to
    os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")  # else Ctrl-C ends a search with rc 0
    for module in modules:
        ray.cloudpickle.register_pickle_by_value(module)
    address = os.environ.get(ADDRESS)
    if address and "://" in address:  # what is left here would be left on the cluster's head
        reason = f"{ADDRESS}: {text.printable(address)} is for a client outside of the cluster"
        raise InputError(f"{reason}; on a machine of the cluster, give auto or host:6379")
    if address and not answers(address):
        raise InputError(f"{ADDRESS}: no cluster at {text.printable(address)}; {ADVICE}")
    code = {"py_modules": [str(Path(next(iter(mnist.__path__))))]}
    # Without local, Ray would join what another user of this machine has started.
    here = {"address": "local", "num_cpus": cores, "include_dashboard": False}
    place = {"address": address} if address else here
    with quiet():
        try:
            ray.init(**place, runtime_env=code, logging_level="ERROR", log_to_driver=False)
        except ray.exceptions.AuthenticationError as error:
            reason = "the token of RAY_AUTH_MODE=token is missing or another than the cluster's"
            raise InputError(f"{reason}; set RAY_AUTH_TOKEN as docs/cluster.md says") from error
        except (ConnectionError, ValueError, RuntimeError) as error:
            name = text.printable(address or "this machine")
            reason = f"Ray does not start at {name}: {text.line(error)}"
            token = "if it asks for a token, set RAY_AUTH_MODE=token; else " if address else ""
            raise InputError(f"{reason}; {token}{ADVICE}") from error
        try:
            yield
        finally:
            ray.shutdown()


def warn(processes: int, cores: int) -> None:
    """Say if the machines have no room for so many processes of so many cores each.

    Ray waits for it then, which is right while the machines of a cluster are being started.
    """
    free = [node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]]
    room = sum(int(each // cores) for each in free)
    if room < processes:
        found = f"{processes} × {cores} cores are asked for, the machines have {room} × {cores}"
        print(f"{found}; waiting for machines, Ctrl-C stops it", file=sys.stderr)


def last_line(error: Exception) -> str:
    """Return what an error that came from another machine says below its traceback."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
    return text.line(lines[-1]) if lines else type(error).__name__
