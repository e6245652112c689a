"""Lines that tell how far a training is. They change no result."""


def announce(
    model: str, seed: int, epochs: int, objective: float, accuracy: float, seconds: list[float]
) -> None:
    """Print what the last epoch of several has reached, and the seconds that are left.

    Takes its objective, its validation accuracy, and the seconds after each epoch so far.
    """
    done = len(seconds)
    left = seconds[-1] / done * (epochs - done)
    reached = f"loss {objective:.3f}  validation {accuracy:.2%}  {left:.0f} s left"
    print(f"{model} seed {seed}  epoch {done}/{epochs}  {reached}", flush=True)


def skipped(what: str, dataset: str) -> None:
    """Print that something is skipped, since the classes of a data set are no digits."""
    print(f"{what} skipped: {dataset} has no digits", flush=True)
