"""Where one curve of errors comes to a point of another, and how far that is certain.

A curve is a table of a column, such as labels, and of error, with low and high, the ends of its
95 % interval. Between its points it is straight in logarithms of both.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Crossing(NamedTuple):
    """At which value of the column a curve comes to an error, with its 95 % interval.

    None stands for what lies beyond the curve's last point.
    """

    value: float | None
    low: float | None
    high: float | None


def needed(curve: pd.DataFrame, column: str, error: float) -> float | None:
    """Return at which value of a column a curve first falls to an error, or None."""
    rows = curve.sort_values(column)
    x, y = np.log(rows[column].to_numpy(float)), np.log(rows["error"].to_numpy(float))
    below = np.flatnonzero(y <= np.log(error))
    if not len(below):
        return None
    last = below[0]
    if last == 0:
        return float(np.exp(x[0]))
    share = (y[last - 1] - np.log(error)) / (y[last - 1] - y[last])
    return float(np.exp(x[last - 1] + share * (x[last] - x[last - 1])))


def _half_widths(rows: pd.DataFrame) -> np.ndarray:
    """Return half of the width of each interval, as a share of its error."""
    return ((rows["high"] - rows["low"]) / (2 * rows["error"])).to_numpy(float)


def crossing(curve: pd.DataFrame, column: str, point: pd.Series) -> Crossing:
    """Return where a curve comes to the error of a point of another one.

    Both errors are uncertain. Half of the width of the point's interval, and of the curve's where
    it gets there, are added as squares, as shares of the error; the ends are where the curve comes
    to an error so much higher, and so much lower.
    """
    rows = curve.sort_values(column)
    x = rows[column].to_numpy(float)
    value = needed(rows, column, point["error"])
    place = np.log(x[-1] if value is None else value)
    own = np.interp(place, np.log(x), _half_widths(rows))
    both = np.hypot(own, _half_widths(point.to_frame().T)[0])
    ends = (needed(rows, column, point["error"] * np.exp(sign * both)) for sign in (1, -1))
    return Crossing(value, *ends)


def overlap(one: pd.Series, other: pd.Series) -> bool:
    """Return whether the intervals of two points have a value in common."""
    return bool(one["low"] <= other["high"] and other["low"] <= one["high"])
