"""Compare all networks: metrics/transfer.csv and .json, and the plot of error against cost."""

import numpy as np
import pandas as pd
import torch

from mnist.core import command, files, params
from mnist.data import prepared
from mnist.evaluation import efficiency, statistics
from mnist.plots import style
from mnist.plots import transfer as charts
from pipelines.transfer.comparison import backbones, experiment, ours, seconds
from pipelines.transfer.comparison.experiment import HERE, PARAMS, PRETRAINED, Run

COLUMNS = (
    *("network", "start", "measured", "weights", "sha256", "images", "seeds", "size"),
    *("test_accuracy", "low", "high", "corrupted_error", "parameters", "multiply_accumulates"),
)


def network(run: Run, transfer: dict, values: dict) -> torch.nn.Module:
    """Return a network of a run's architecture, with new weights, ready to predict."""
    torch.manual_seed(0)
    if run.network in transfer["models"]:
        found = ours.build(run.network, ours.arguments(run.network, values), 0)
    else:
        classes = len(prepared.dataset().classes)
        found = backbones.build(run.network, classes, transfer["sizes"][run.network])
    return found.eval()


def wrong(run: Run, transfer: dict) -> dict[str, np.ndarray] | None:
    """Return which answers of a run's networks are wrong, or None where it was not measured.

    {'test': bool (seeds, n), 'corrupted': bool (seeds, kinds, m)}.
    """
    about = [files.read_json(run.folder(seed) / "about.json") for seed in run.seeds]
    if not all(each["measured"] for each in about):
        return None
    found = {}
    for part in ("test", "corrupted"):
        _, labels = experiment.some("test", transfer[part])
        each = [files.read_arrays(run.folder(seed) / "answers.npz")[part] for seed in run.seeds]
        found[part] = np.stack(each) != labels
    return found


def accuracy(missed: np.ndarray) -> dict[str, float]:
    """Return the mean test accuracy of networks, missed bool (seeds, n), with its 95 % interval.

    It covers new seeds and new images; with a single seed, new images alone (Wilson).
    """
    if len(missed) > 1 and missed.any():
        rates = statistics.resample(missed[None])[:, 0]
        low, high = np.clip(statistics.interval(1 - rates), 0, 1)
    else:
        low, high = statistics.wilson(int((~missed[0]).sum()), missed.shape[1])
    return {"test_accuracy": 1 - missed.mean(), "low": low, "high": high}


def difference(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Return first minus second in test accuracy, paired by image, with its 95 % interval.

    Takes which answers are wrong, bool (seeds, n) each. The bootstrap draws the same images for
    both, and each one's own seeds; with a single seed there is no interval.
    """
    found = {"test_accuracy": second.mean() - first.mean()}
    if len(first) > 1:
        rates = statistics.resample(np.stack([first, second]))
        found["low"], found["high"] = statistics.interval(rates[:, 1] - rates[:, 0])
    return found


def rounded(values: dict) -> dict:
    """Return values with numbers of five significant digits, as the root's metrics have them."""
    return {k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in values.items()}


def main(transfer):
    """Compare all networks on the same test images into pipelines/transfer/metrics and plots."""
    values, rows, missed, networks = params.read(), [], {}, {}
    for run in experiment.runs(transfer):
        about = files.read_json(run.folder(run.seeds[0]) / "about.json")
        found = wrong(run, transfer)
        row = {"network": run.network, "start": run.start, "measured": found is not None}
        row |= {"weights": about.get("weights", ""), "sha256": about.get("sha256") or ""}
        if found is None:
            print(f"{run.name} is not measured: {about['reason']}", flush=True)
        else:
            missed[run.name], model = found["test"], network(run, transfer, values)
            row |= {"images": transfer["images"], "seeds": len(run.seeds)}
            row["size"] = transfer["sizes"].get(run.network, 28)
            row |= accuracy(found["test"])
            row["corrupted_error"] = found["corrupted"].mean()
            row["parameters"] = efficiency.parameters(model)
            row["multiply_accumulates"] = efficiency.multiply_accumulates(model)
            networks[run.network] = model
        rows.append(rounded({key: plain(value) for key, value in row.items()}))
    whole = "images", "seeds", "size", "parameters", "multiply_accumulates"
    table = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(whole, "Int64"))
    figures = {
        run.name: {k: v for k, v in row.items() if k not in ("network", "start", "sha256")}
        for run, row in zip(experiment.runs(transfer), rows, strict=True)
    }
    for run in experiment.runs(transfer):
        if run.start == PRETRAINED and {run.name, run.network} <= missed.keys():
            pair = difference(missed[run.name], missed[run.network])
            figures[f"{run.name}_minus_scratch"] = rounded({k: plain(v) for k, v in pair.items()})
    files.write_csv(HERE / "metrics" / "transfer.csv", table)
    files.write_json(HERE / "metrics" / "transfer.json", figures)
    figure = charts.backbones(table, transfer["models"])
    files.write(HERE / "plots" / "transfer.png", style.png(figure))
    seconds.note_latency(networks)
    seconds.note_medians([run for run in experiment.runs(transfer) if run.name in missed])


def plain(value: object) -> object:
    """Return a NumPy number as Python's own; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    command.run(main, others={PARAMS: experiment.tables()})
