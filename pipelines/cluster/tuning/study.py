"""What a search has tried: a file with a line per trial that ended, outside of what DVC removes."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mnist.core import files
from mnist.core.errors import InputError

FINISHED, PRUNED, FAILED = "finished", "pruned", "failed"


@dataclass(frozen=True)
class Trial:
    """A trial that ended.

    number: from 0, in the order of suggestion.
    values: {parameter: what was tried}.
    epochs: what each epoch measured, {'loss', 'accuracy', 'gap'}: validation loss and accuracy, and
        by how much the accuracy on training images is higher. None of one that overflowed at once.
    costs: {'parameters', 'multiply_accumulates'} of the network.
    state: FINISHED, PRUNED, or FAILED where the loss overflowed.
    """

    number: int
    values: Mapping[str, Any]
    epochs: Sequence[Mapping[str, float]]
    costs: Mapping[str, int]
    state: str

    @property
    def losses(self) -> list[float]:
        """Return the validation loss after each epoch, infinite where it overflowed in the next."""
        return [epoch["loss"] for epoch in self.epochs] + [math.inf] * (self.state == FAILED)

    @property
    def loss(self) -> float:
        """Return the validation loss after the last epoch, infinite where it overflowed."""
        return self.losses[-1]

    @property
    def accuracy(self) -> float:
        """Return the validation accuracy after the last epoch."""
        return self.epochs[-1]["accuracy"]


def path(model: str, key: str) -> Path:
    """Return where the trials of a model are kept; key is the digest of all that decides them."""
    return Path("data", "search", f"{model}-{key[:16]}.jsonl")


def read(path: Path) -> list[Trial]:
    """Return the trials in a file, in the order in which they ended; none where there is no file.

    Raises InputError where it is damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [Trial(**json.loads(line)) for line in lines]
        if len({trial.number for trial in found}) < len(found):
            raise ValueError("a trial stands there twice")
        return found
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}; remove it to search anew") from error


def add(path: Path, trial: Trial) -> None:
    """Write one more trial into a file, which is replaced as a whole."""
    lines = [json.dumps(asdict(each)) for each in [*read(path), trial]]
    files.write(path, "".join(f"{line}\n" for line in lines).encode())


def best(trials: Sequence[Trial]) -> Trial:
    """Return the finished trial with the lowest validation loss; raise InputError without any."""
    finished = [trial for trial in trials if trial.state == FINISHED]
    if not finished:
        failed = sum(trial.state == FAILED for trial in trials)
        reason = f"no trial finished, and {failed} of {len(trials)} overflowed"
        raise InputError(
            f"{reason}; raise search.trials or lower the learning rates of space in "
            "pipelines/cluster/params.yaml"
        )
    return min(finished, key=lambda trial: (trial.loss, trial.number))


def front(trials: Sequence[Trial], cost: str = "multiply_accumulates") -> list[Trial]:
    """Return the finished trials that no other beats in both accuracy and cost, cheapest first."""
    finished = [trial for trial in trials if trial.state == FINISHED]
    found, highest = [], -1.0
    for trial in sorted(finished, key=lambda trial: (trial.costs[cost], -trial.accuracy)):
        if trial.accuracy > highest:
            found, highest = [*found, trial], trial.accuracy
    return found
