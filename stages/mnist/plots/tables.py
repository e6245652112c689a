"""What the pictures and the page are drawn from, read and refused where it is not what is drawn."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mnist.core import files
from mnist.plots.benchmarks import FORMATS
from mnist.plots.transfer import COLUMNS as FEW_LABELS

PNG = b"\x89PNG"  # how such a file begins (ISO/IEC 15948, section 5.2)
METRICS = {  # what is read of each model
    "test": ["accuracy", "low", "high", "errors"],
    "selection": ["multiply_accumulates"],
    "generalize": [],
}
MEASURED = "networks", "bytes", "accuracy", "low", "high"  # of each file for a device
INTERVAL = ["error", "low", "high"]
COLUMNS = {  # what is read of tables, by the name of their file or, for each model, of their folder
    "calibration": ["confidence", "accuracy", "count"],
    "confusion": ["true", "predicted", "count"],
    "coverage": ["coverage", "errors"],
    "curves": ["epoch", "train_accuracy", "validation_accuracy"],
    "seeds": ["part", "model", "accuracy"],
    "ablation": ["model", "change", "dropout", "seed", "train_accuracy", "validation_accuracy"],
    "effects": ["model", "change", "effect", "low", "high", "corrupted_effect", "time"],
    "peers": ["network", "seed", "validation_accuracies"],
    "costs": ["network", "epoch"],
    "labels": ["model", "augmented", "labels", *INTERVAL],
    "sizes": ["model", "size", "parameters", "multiply_accumulates", "bytes", *INTERVAL],
    "speed": ["network", "target", "units", "seeds", "reached", *INTERVAL],
    "published": ["name", "family", "test_error", "chosen_by"],
    "transfer": [
        *("network", "start", "measured", "images", "test_accuracy", "low", "high"),
        "multiply_accumulates",
    ],
    "few_labels": FEW_LABELS,
    "few_labels_people": FEW_LABELS,
}


def read(path: str | Path) -> pd.DataFrame:
    """Return a table; raise InputError where it is missing, damaged or lacks one of COLUMNS."""
    name, folder = Path(path).stem, Path(path).parent.name
    return files.read_csv(path, COLUMNS.get(folder) or COLUMNS[name])


def exported(path: str | Path) -> dict[str, dict[str, dict]]:
    """Return {name: {format: figures}} of the model files that pipelines/edge has measured.

    Raises InputError where the path is missing, damaged or lacks a figure that is drawn.
    """
    found = files.read_json(path)
    with files.reading(path):
        for forms in found["files"].values():
            if not forms:
                raise ValueError("no format")
            for form, figures in forms.items():
                FORMATS[form], figures["model"], [float(figures[key]) for key in MEASURED]
        return found["files"]


def metrics(models: Sequence[str]) -> dict[str, dict]:
    """Return {name: content of metrics/NAME.json} of METRICS.

    Raises InputError where one is missing, damaged or lacks a figure of a model.
    """
    found = {name: files.read_json(f"metrics/{name}.json") for name in METRICS}
    for name, keys in METRICS.items():
        with files.reading(f"metrics/{name}.json"):
            for model in models:
                figures = dict(found[name][model])
                [figures[key] for key in keys]
    return found


def picture(path: str | Path) -> bytes:
    """Return the bytes of a PNG; raise InputError where it is missing or none."""
    with files.reading(path):
        data = Path(path).read_bytes()
        if not data.startswith(PNG):
            raise ValueError("no PNG")
    return data
