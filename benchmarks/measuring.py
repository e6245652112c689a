"""What the benchmarks share: settings, seconds measured in turns, on what a line was made."""

import platform
import time
from datetime import date
from pathlib import Path

import pandas as pd
import torch

from mnist.core import params
from mnist.models import weights
from mnist.training import job

RESULTS = Path("benchmarks/results")
ROUNDS = 7


def settings():
    """Return the content of params.yaml; raise InputError where a model's section is wrong."""
    values = params.read()
    for name in params.models(values):
        tables = job.tables(weights.architecture(name))
        params.check({key: values[key] for key in tables if key in values}, tables)
    return values


def machine():
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def made():
    """Return on what a line of a table was made, and when."""
    return {"machine": machine(), "torch": torch.__version__, "date": date.today().isoformat()}


def in_turns(actions, baseline):
    """Return a table of seconds and of their ratio to the baseline's, for {name: function}.

    The functions take turns and the ratio is the median over rounds, because a busy host slows
    whatever runs at the moment. A round before them warms up.
    """
    seconds = {name: [] for name in actions}
    for _ in range(ROUNDS + 1):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - start)
    seconds = pd.DataFrame(seconds)[1:]
    ratios = seconds.div(seconds[baseline], axis=0)
    found = {"seconds": seconds.median(), "ratio": ratios.median()}
    return pd.DataFrame({**found, "lowest_ratio": ratios.min(), "highest_ratio": ratios.max()})
