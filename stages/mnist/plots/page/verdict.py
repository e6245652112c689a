"""Which model is better, in plain words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mnist.plots.style import title

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}

Figures = Mapping[str, Mapping[str, float | None]]  # {model, or pair of models: {name: figure}}


@dataclass(frozen=True)
class Lead:
    """How much more accurate one model is than another, in points, and its 95 % interval.

    There is no interval, low and high being NaN, where a single seed was trained.
    """

    points: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether there is an interval, and all of it lies above zero."""
        return self.low > 0

    def interval(self, sign: str = "") -> str:
        """Return the interval in words, with a plus sign where asked for."""
        return f"{self.low:{sign}.2f} to {self.high:{sign}.2f}"


def lead(test: Figures, one: str, other: str) -> Lead:
    """Return the lead of one model over another, negative where the other is more accurate."""
    pair = test.get(f"{one}_minus_{other}")
    if pair is None:
        found = lead(test, other, one)
        return Lead(-found.points, -found.high, -found.low)
    return Lead(*(100 * pair.get(key, math.nan) for key in ("accuracy", "low", "high")))


def _clause(found: Lead, other: str) -> str:
    """Return what a lead lets one say of the one model, after its name, about the other."""
    if found.shown:
        interval = f"95 % interval {found.interval()}"
        return f"leads the {other} by {found.points:.2f} points ({interval})"
    interval = f"95 % interval {found.interval('+')} points"
    return f"is not shown to differ from the {other} ({interval})"


def _of_two(test: Figures, models: Sequence[str], best: str, counts: str, images: str) -> str:
    """Return the verdict on two models, of which best makes fewer errors."""
    first, second = models
    worse = second if best == first else first
    found, name = lead(test, best, worse), title(worse)
    if not found.shown:
        interval = f"{lead(test, second, first).interval('+')} points (95 % interval)"
        return f"No difference shown: {counts}. The {title(second)}'s advantage is {interval}."
    often, pair = "It makes no error", test[f"{second}_minus_{first}"]
    if test[best]["errors"]:
        times = test[worse]["errors"] / test[best]["errors"]
        often = f"It makes {times:.1f} times fewer errors than the {name}"
    gained, lost = (f"{pair[f'only_{model}_wrong']:,.0f}" for model in (worse, best))
    return (
        f"The {title(best)}. {often}: {counts}, a lead of {found.points:.2f} points (95 % interval "
        f"{found.interval()}). It is right on {gained} {images} that the {name} gets wrong, and "
        f"wrong on {lost} that it gets right."
    )


def answer(test: Figures, models: Sequence[str], n: int, images: str = "digits") -> str:
    """Return the verdict, from metrics/test.json and the number of test images.

    A winner is named only where the interval of its lead over each other model leaves out zero, and
    never from a single seed, which says something about networks but nothing about their recipes.
    """
    errors = {model: f"{test[model]['errors']:,.0f}" for model in models}
    best, *others = sorted(models, key=lambda model: test[model]["errors"])
    total = f"errors in {n:,} test {images}"
    if not others:
        bounds = " to ".join(f"{100 - 100 * test[best][key]:.2f}" for key in ("high", "low"))
        rate = f"{100 - 100 * test[best]['accuracy']:.2f} % (95 % interval {bounds} %)"
        return f"The {title(best)} makes {errors[best]} {total}: {rate}."
    leads = {model: lead(test, best, model) for model in others}
    if any(math.isnan(found.low) for found in leads.values()):
        each = ", ".join(f"the {title(model)} {errors[model]}" for model in models)
        number = NUMBERS.get(len(models), len(models))
        return f"One seed does not decide. Of the {number} networks trained here, {each} {total}."
    if len(models) == 2:
        counts = f"{errors[best]} against {errors[others[0]]} {total}"
        return _of_two(test, models, best, counts, images)
    ranked = ", ".join(f"the {title(model)} {errors[model]}" for model in others)
    clauses = " and ".join(_clause(found, title(model)) for model, found in leads.items())
    won = all(found.shown for found in leads.values())
    return (
        f"{f'The {title(best)}' if won else 'No winner shown'}. In {n:,} test {images}, the "
        f"{title(best)} makes {errors[best]} errors, {ranked}. It {clauses}."
    )
