"""What the benchmarks share: settings, seconds measured in turns, on what a line was made."""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import torch

from mnist.core import params, runs
from mnist.data import prepared
from mnist.models import weights
from mnist.training import job

RESULTS = Path("benchmarks/results")  # what the page draws, among others: a change draws it again
ANSWER = Path("benchmarks/answer")  # what docs/answer.md rests on and no stage reads
ROUNDS = 7
PAUSE = 0.5  # seconds between two looks at the memory


def settings():
    """Return the content of params.yaml; raise InputError where a model's section is wrong."""
    values = params.read()
    for name in params.models(values):
        tables = job.tables(weights.architecture(name))
        params.check({key: values[key] for key in tables if key in values}, tables)
    return values


def require(name, way):
    """End the program where what the pipeline has prepared is of another data set."""
    if (found := prepared.dataset().name) != name:
        raise SystemExit(f"data/prepared is of {found}, and {name} is needed; run: {way}")


def made():
    """Return on what a line of a table was made, and when."""
    return {
        "machine": runs.processor(),
        "vectors": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "date": date.today().isoformat(),
    }


def finished(path, key, **options):
    """Return the lines of a table of finished runs, {values of the columns of key: line}.

    Options are those of pandas.read_csv.
    """
    table = pd.read_csv(path, **options) if path.exists() else pd.DataFrame()
    return {tuple(row[each] for each in key): row for row in table.to_dict("records")}


def current(lines, recipes):
    """Return those of {key: line} that a plan, {key: digest of its recipe}, still asks for."""
    return {key: line for key, line in lines.items() if recipes.get(key) == line["recipe"]}


def family(pid):
    """Return a process and all that it has started, as numbers."""
    found = [pid]
    for each in found:
        for path in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, path.read_text().split())
    return found


def memory(pid, kind="Pss"):
    """Return the memory of a process and all that it has started, in MiB.

    Kind is a line of Linux's smaps_rollup: Pss, of all that is mapped, where several share it in
    parts, or Pss_Anon, without what can be read from files again.
    """
    total = 0
    for each in family(pid):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))
    return total / 1024


def watched(line, kind="Pss"):
    """Run a command to its end; return its seconds and highest memory in MiB.

    Ends the program where the command fails.
    """
    start, highest = time.perf_counter(), 0.0
    started = subprocess.Popen(line)
    while started.poll() is None:
        highest = max(highest, memory(started.pid, kind))
        time.sleep(PAUSE)
    if started.returncode:
        sys.exit(f"{' '.join(map(str, line))} failed: see above")
    return time.perf_counter() - start, highest


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
