"""What is exported: which networks, in which formats, to which files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnist.core import runs
from mnist.core.accepted_values import SEED, TEXT, several, whole
from mnist.core.errors import InputError

HERE = Path("pipelines/edge")
PARAMS = HERE / "params.yaml"
MODELS = HERE / "models"
# {format: the end of its files' names}
FORMATS = {
    "fp32": "_fp32.tflite",
    "dynamic_int8": "_dynamic_int8.tflite",
    "int8": "_int8.tflite",
    "onnx": ".onnx",
}

ACCEPTED = {
    "edge": {
        "seed": SEED,
        "ensembles": several(0, 20, TEXT, distinct=True),
        "calibration": whole(10, 5000),
    }
}


@dataclass(frozen=True)
class Subject:
    """Networks that are exported together, into one file per format.

    name: that with which the files' names begin.
    model: a model of params.yaml.
    seeds: of its networks.
    ensemble: whether the file answers as predict.py does, by all of them, each in five places.
    """

    name: str
    model: str
    seeds: tuple[int, ...]
    ensemble: bool

    def path(self, form: str, folder: Path = MODELS) -> Path:
        """Return the file in one of FORMATS."""
        return folder / f"{self.name}{FORMATS[form]}"

    def weights(self) -> list[Path]:
        """Return the files of the trained weights."""
        return [runs.weights(self.model, seed) for seed in self.seeds]


def subjects(models: Sequence[str], seeds: Sequence[int], edge: Mapping[str, Any]) -> list[Subject]:
    """Return what is exported of the models and seeds of the root's params.yaml.

    Raises InputError where this pipeline's parameters name what the root's do not.
    """
    if edge["seed"] not in seeds:
        there = ", ".join(map(str, seeds))
        raise InputError(f"{PARAMS}: edge.seed is {edge['seed']}, expected one of seeds: {there}")
    if unknown := [name for name in edge["ensembles"] if name not in models]:
        there = ", ".join(models)
        raise InputError(f"{PARAMS}: edge.ensembles has {unknown[0]}, expected models: {there}")
    found = [Subject(name, name, (edge["seed"],), False) for name in models]
    every = tuple(seeds)
    return found + [Subject(f"{name}_ensemble", name, every, True) for name in edge["ensembles"]]
