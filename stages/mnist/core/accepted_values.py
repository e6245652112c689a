"""What a parameter may be, as data.

Each function that params.yaml configures stands beside a table {keyword: Accepted}. Stages check
parameters against these tables, and a search over parameters can read its limits from them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """What one parameter may be.

    kind: 'whole' (int), 'number' (int or float), 'truth', 'text', 'choice' or 'list'.
    low, high: limits of a number, or of the length of a list; both are accepted themselves.
    below: whether high itself is not accepted.
    choices: the texts of which a 'choice' is one.
    each: what every value of a list may be.
    distinct: whether the values of a list must differ from each other.
    """

    kind: str
    low: float = 0
    high: float = 0
    below: bool = False
    choices: tuple[str, ...] = ()
    each: "Accepted | None" = None
    distinct: bool = False

    def words(self) -> str:
        """Return what is accepted, in words that follow 'expected'."""
        to = f"{self.low} to {'below ' * self.below}{self.high}"
        if self.kind == "list":
            count = self.low if self.low == self.high else to
            differing = ", all different" if self.distinct else ""
            return f"a list of {count} values, each {self.each.words()}{differing}"
        numbers = {"whole": f"a whole number from {to}", "number": f"a number from {to}"}
        words = {"truth": "true or false", "text": "a text", **numbers}
        return words.get(self.kind) or f"one of {', '.join(self.choices)}"

    def holds(self, value: object) -> bool:
        """Return whether a value is accepted. True is no number, and neither is NaN."""
        types = {"whole": [int], "number": [int, float], "truth": [bool], "list": [list]}
        if type(value) not in types.get(self.kind, [str]):
            return False
        if self.kind in ("whole", "number"):
            return self._within(value)
        if self.kind == "list":
            each = self._within(len(value)) and all(map(self.each.holds, value))
            return each and not (self.distinct and len(set(value)) < len(value))
        return value in self.choices if self.kind == "choice" else str(value).strip() != ""

    def _within(self, number: float) -> bool:
        return self.low <= number < self.high or (number == self.high and not self.below)


def whole(low: int, high: int) -> Accepted:
    """Accept whole numbers from low to high."""
    return Accepted("whole", low, high)


def number(low: float, high: float) -> Accepted:
    """Accept numbers from low to high."""
    return Accepted("number", low, high)


def below(high: float) -> Accepted:
    """Accept numbers from 0 up to, but not including, high."""
    return Accepted("number", 0, high, below=True)


def choice(*texts: str) -> Accepted:
    """Accept one of the given texts."""
    return Accepted("choice", choices=texts)


def several(fewest: int, most: int, each: Accepted, distinct: bool = False) -> Accepted:
    """Accept a list of fewest to most values, each of which is accepted by itself."""
    return Accepted("list", fewest, most, each=each, distinct=distinct)


TRUTH = Accepted("truth")
TEXT = Accepted("text")
SEED = whole(0, 2**32 - 1)  # what both NumPy and torch accept
