"""What to try next: Optuna's TPE and ASHA under Ray Tune, both fed with what was tried before."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState
from ray.tune.schedulers import ASHAScheduler
from ray.tune.search import Searcher

from pipelines.cluster.tuning import study
from pipelines.cluster.tuning.spaces import Range, Space

METRIC, EPOCH = "loss", "training_iteration"
FIRST = 5  # trials at random, before TPE has something to go by; of Optuna's ten for few trials
HALVING = 3  # of the trials that reach an epoch, one in so many goes on (Li et al. 2020, section 4)

# What a trial reports in place of an epoch in which the loss overflowed.
OVERFLOWED = {METRIC: math.inf, "accuracy": 0.0, "gap": 0.0}

optuna.logging.set_verbosity(optuna.logging.WARNING)  # else it names each study that is made


def distribution(values: Range) -> BaseDistribution:
    """Return a range of a space as Optuna has it; choices as JSON, since they may be lists."""
    if "choices" in values:
        return CategoricalDistribution([json.dumps(each) for each in values["choices"]])
    low, high = values["low"], values["high"]
    kind = IntDistribution if type(low) is type(high) is int else FloatDistribution
    return kind(low, high, log=values["scale"] == "log")


def suggested(
    space: Space, number: int, tried: Sequence[study.Trial], running: Sequence[Mapping], seed: int
) -> dict[str, Any]:
    """Return the values of trial `number`, by the tree-structured Parzen estimator.

    (Bergstra et al. 2011; Optuna's.) They depend on the space, the number, the seed and the trials
    that ended alone, so that a search that was killed goes on as if it had not been. Values that
    are being tried now are told, too, so that they are not tried twice at once.
    """
    sampler = optuna.samplers.TPESampler(seed=seed + 7919 * number, n_startup_trials=FIRST)
    asked = optuna.create_study(sampler=sampler, direction="minimize")
    known = {key: distribution(values) for key, values in space.items()}

    def told(values: Mapping, **more: Any) -> None:
        params = {k: json.dumps(v) if "choices" in space[k] else v for k, v in values.items()}
        asked.add_trial(optuna.create_trial(params=params, distributions=known, **more))

    for trial in sorted(tried, key=lambda trial: trial.number):
        losses = dict(enumerate(trial.losses, 1))
        ended = TrialState.COMPLETE if trial.state == study.FINISHED else TrialState.PRUNED
        told(trial.values, state=ended, value=trial.loss, intermediate_values=losses)
    for values in running:
        told(values, state=TrialState.RUNNING)
    chosen = asked.ask(known).params
    return {
        key: json.loads(value) if "choices" in space[key] else rounded(value, space[key])
        for key, value in chosen.items()
    }


def rounded(value: float, values: Range) -> float:
    """Return a number to three significant digits, as a person would write it, within its range."""
    if isinstance(value, int):
        return value
    return min(max(float(f"{value:.3g}"), values["low"]), values["high"])


def importances(space: Space, tried: Sequence[study.Trial], seed: int) -> dict[str, float]:
    """Return how much of the differences in loss each parameter explains, most first.

    By fANOVA (Hutter et al. 2014; Optuna's), of finished trials; they sum to 1. {} of fewer than
    four.
    """
    finished = [trial for trial in tried if trial.state == study.FINISHED]
    if len(finished) < 4:
        return {}
    asked = optuna.create_study(direction="minimize")
    known = {key: distribution(values) for key, values in space.items()}
    for trial in finished:
        params = {k: json.dumps(v) if "choices" in space[k] else v for k, v in trial.values.items()}
        made = optuna.create_trial(params=params, distributions=known, value=trial.loss)
        asked.add_trial(made)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    return dict(optuna.importance.get_param_importances(asked, evaluator=evaluator))


def scheduler(epochs: int, tried: Sequence[study.Trial]) -> ASHAScheduler:
    """Return the asynchronous successive halving of Li et al. 2020 (arXiv:1810.05934), of Ray Tune.

    It prunes by validation loss, and knows the trials that ended before.
    """
    options = {"grace_period": 1, "reduction_factor": HALVING, "max_t": epochs}
    found = ASHAScheduler(time_attr=EPOCH, metric=METRIC, mode="min", **options)
    for trial in tried:
        stand_in = SimpleNamespace(trial_id=f"earlier-{trial.number}")
        found.on_trial_add(None, stand_in)
        for number, loss in enumerate(trial.losses, 1):
            found.on_trial_result(None, stand_in, {EPOCH: number, METRIC: loss})
    return found


class Suggestions(Searcher):
    """What Ray Tune asks for the values of each trial, and tells what it measured.

    A trial that ends, be it by overflowing, is handed to `ended`, once. One whose machine was lost
    is begun again by Ray Tune itself.
    """

    def __init__(
        self,
        space: Space,
        tried: Sequence[study.Trial],
        count: int,
        epochs: int,
        seed: int,
        costs: Callable[[Mapping[str, Any]], Mapping[str, int]],
        ended: Callable[[study.Trial], None],
    ):
        super().__init__(metric=METRIC, mode="min")
        self.space, self.tried, self.epochs, self.seed = space, list(tried), epochs, seed
        self.costs, self.ended = costs, ended
        done = {trial.number for trial in tried}
        self.numbers = [number for number in range(count) if number not in done]
        self.running: dict[str, tuple[int, dict]] = {}
        self.measured: dict[str, dict[int, dict]] = {}

    def suggest(self, trial_id: str) -> dict[str, Any] | str:
        """Return the values of the next trial, or that there is none."""
        if not self.numbers:
            return Searcher.FINISHED
        number = self.numbers.pop(0)
        now = [values for _, values in self.running.values()]
        values = suggested(self.space, number, self.tried, now, self.seed)
        self.running[trial_id], self.measured[trial_id] = (number, values), {}
        return dict(values)

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Keep what an epoch measured; a trial that begins again overwrites it."""
        epoch = {key: float(result[key]) for key in ("loss", "accuracy", "gap")}
        self.measured[trial_id][result[EPOCH]] = epoch

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Hand a trial that ended to `ended`."""
        number, values = self.running.pop(trial_id)
        measured = self.measured.pop(trial_id)
        if error or not result:
            return
        self.on_result(measured, result)
        epochs = [measured[each] for each in sorted(measured)]
        state = study.FINISHED if len(epochs) == self.epochs else study.PRUNED
        if epochs[-1] == OVERFLOWED:
            epochs, state = epochs[:-1], study.FAILED
        trial = study.Trial(number, values, epochs, self.costs(values), state)
        self.tried.append(trial)
        self.ended(trial)

    @staticmethod
    def on_result(measured: dict[int, dict], result: Mapping[str, Any]) -> None:
        """Add the last epoch, which Ray Tune tells with the end alone."""
        epoch = {key: float(result[key]) for key in ("loss", "accuracy", "gap")}
        measured[result[EPOCH]] = epoch

    def save(self, checkpoint_path: str) -> None:
        """Do nothing: what was tried is kept elsewhere."""

    def restore(self, checkpoint_path: str) -> None:
        """Do nothing: what was tried is read elsewhere."""
