"""How networks fare on digits by other writers: scikit-learn's, published ones, people's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from torch import nn

from mnist.core import files
from mnist.data import cleaning
from mnist.data.prepared import PreparedDataset
from mnist.evaluation import metrics, statistics
from mnist.evaluation.robustness import Networks
from mnist.models import ensemble
from mnist.photos import folders

Own = Mapping[str, folders.LabelledImages]

FETCHED = Path("data/others")  # what fetch_others could bring
UCI = "UCI digits"
# Data sets of which a part is otherwise used as foreign to them: networks know it then.
LEARNT = {"optdigits": UCI, "fashion_mnist": "clothes"}
COLUMNS = (
    *("set", "person", "model", "status", "images", "refused", "accuracy", "low", "high"),
    *("together", "people", "accuracy_over_people"),
)


@dataclass(frozen=True)
class ExternalSet:
    """Digits that are not of the data set that the networks learnt.

    name: how metrics/others.csv calls it.
    images: uint8 (n, 28, 28), blank where rejected.
    labels: int (n,).
    rejected: bool (n,), where no digit was found in what was read.
    writers: who wrote each, (n,), or None where that is not known.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    rejected: np.ndarray
    writers: np.ndarray | None


def uci_digits() -> ExternalSet:
    """Return scikit-learn's 1,797 digits, 8 × 8 pixels each, normalised as people's own are.

    They are the test part of UCI's optical digits, by 13 people of whom none wrote in its training
    part. Which of them wrote which digit is not recorded. Alpaydin & Kaynak 1998,
    doi:10.24432/C50P49.
    """
    images, labels = load_digits(return_X_y=True)
    arrays = {"x": images.reshape(-1, 8, 8), "y": labels}
    return normalised(UCI, folders.from_arrays(arrays, UCI))


def normalised(name: str, found: folders.LabelledImages) -> ExternalSet:
    """Return labelled images of any form as digits like MNIST's."""
    images, rejected = folders.normalised(found.readers)
    return ExternalSet(name, images, found.labels, rejected, found.writers)


def fetched(name: str) -> dict[str, np.ndarray] | None:
    """Return the arrays of a set that fetch_others brings, or None where it could not."""
    listed = files.read_json(FETCHED / "sets.json")
    with files.reading(FETCHED / "sets.json"):
        there = listed[name]
    return files.read_arrays(FETCHED / f"{name}.npz") if there else None


def published(n: int) -> dict[str, ExternalSet | None]:
    """Return {name: digits} of the sets that fetch_others brings, None where it could not.

    QMNIST's, of which a fixed sample of n is taken, are as MNIST's without normalisation.
    """
    found = {"USPS": None, "QMNIST": None}
    if arrays := fetched("usps"):
        found["USPS"] = normalised("USPS", folders.from_arrays(arrays, "USPS"))
    if arrays := fetched("qmnist"):
        chosen = cleaning.sample(arrays["labels"], n)
        images, labels, writers = (arrays[key][chosen] for key in ("images", "labels", "writers"))
        rejected = np.zeros(len(labels), bool)
        found["QMNIST"] = ExternalSet("QMNIST", images, labels, rejected, writers)
    return found


def read(networks: Sequence[nn.Module], digits: ExternalSet) -> pd.DataFrame:
    """Return a table of who reads the digits correctly, a row per digit.

    Its columns are alone, the share of networks that do, each asked by itself; together, whether
    they do as an ensemble; rejected; and writer, where writers are known. Rejected images count as
    errors.
    """
    alone = (metrics.predict(networks, digits.images).argmax(2) == digits.labels).mean(axis=0)
    together = ensemble.predict(networks, digits.images).argmax(1) == digits.labels
    table = pd.DataFrame({"alone": alone, "together": together, "rejected": digits.rejected})
    table.loc[digits.rejected, ["alone", "together"]] = 0.0, False
    return table if digits.writers is None else table.assign(writer=digits.writers)


def figures(table: pd.DataFrame) -> dict[str, object]:
    """Return figures on digits from a table of who reads them.

    accuracy is that of a network alone, the mean over networks. Low and high are its 95 % interval
    for these networks: over writers where several are known, else over images, which is too narrow
    for new writers (statistics.accuracy_interval). In accuracy_over_people each writer weighs the
    same.
    """
    alone, writers = table["alone"].to_numpy(), table.get("writer")
    found = {"status": "measured", "images": len(table), "refused": int(table["rejected"].sum())}
    found |= {"accuracy": alone.mean(), "together": table["together"].mean()}
    found["low"], found["high"] = statistics.accuracy_interval(alone, writers)
    if writers is not None:
        each = table.groupby("writer")["alone"].mean()
        found |= {"people": len(each), "accuracy_over_people": each.mean()}
    return found


def rows(networks: Networks, digits: ExternalSet, each_writer: bool = False) -> list[dict]:
    """Return rows of COLUMNS: one per model, and if asked for it one per model and known writer.

    The column person is empty where a row is of all writers.
    """
    found = []
    for model, each in networks.items():
        answers = read(each, digits)
        head = {"set": digits.name, "person": "", "model": model}
        found.append({**head, **figures(answers)})
        if each_writer and digits.writers is not None:
            for writer, part in answers.groupby("writer"):
                found.append({**head, "person": writer, **figures(part.drop(columns="writer"))})
    return found


def measure(networks: Networks, own: Own, n: int, dataset: PreparedDataset) -> pd.DataFrame:
    """Return a table of COLUMNS on all digits by other writers.

    Takes people's own digits by the name of their folder or archive, of how many of QMNIST's digits
    to take a sample, and what the networks learnt. A set that could not be had has the status 'not
    measured', one that they learnt has no row, and none has where they learnt no digits.
    """
    found = []
    if dataset.digits and LEARNT.get(dataset.name) != UCI:
        found += rows(networks, uci_digits())
    for name, digits in published(n).items() if dataset.digits else ():
        absent = {"set": name, "person": "", "status": "not measured"}
        found += rows(networks, digits) if digits else [absent | {"model": m} for m in networks]
    for name, images in own.items() if dataset.digits else ():
        found += rows(networks, normalised(name, images), each_writer=True)
    counts = dict.fromkeys(("images", "refused", "people"), "Int64")  # which knows what is missing
    return pd.DataFrame(found, columns=COLUMNS).astype(counts)


def summary(table: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return the figures on scikit-learn's digits, a row per model, not a number where it has none.

    Takes a table of COLUMNS. These digits come first in it, if at all: people may call a folder of
    their own the same.
    """
    first = table[: len(models)]
    rows = first[first["set"] == UCI].set_index("model").reindex(models)
    return rows[["accuracy", "low", "high"]].add_prefix("uci_")
