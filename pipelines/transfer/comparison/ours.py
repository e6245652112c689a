"""Our own networks, as they stand beside the backbones."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from mnist.core import params, text
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.models import ann, cnn, weights
from mnist.training import job
from pipelines.transfer.comparison.experiment import PARAMS

ARCHITECTURES = {"ann": ann, "cnn": cnn}


def arguments(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a model's build from the content of the root's params.yaml.

    Raises InputError where it has no such model, or this pipeline does not know it.
    """
    if name not in ARCHITECTURES or name not in values:
        known = ", ".join(ARCHITECTURES)
        raise InputError(
            f"{text.printable(name)} is no model of ours, which are {known}; mend transfer.models "
            f"in {PARAMS}"
        )
    params.check({name: values[name]}, {name: job.tables(ARCHITECTURES[name])[name]})
    return job.divided(ARCHITECTURES[name], values[name])[0]


def build(name: str, built: Mapping[str, Any], seed: int) -> nn.Module:
    """Return a model from images (n, 1, 28, 28), float32 in 0..1, to logits (n, classes)."""
    dataset = prepared.dataset()
    given = {"classes": len(dataset.classes), **built}
    return weights.build(weights.Configuration(name, given, dataset.mean, dataset.std), seed)
