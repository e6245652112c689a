"""The committed params.yaml is what every stage accepts, and what the README says of it."""

from importlib import import_module

import yaml

import check
from helpers import published
from mnist.core import params
from mnist.models import weights
from mnist.training import job


def test_the_committed_parameters_are_accepted_and_read_as_dvc_reads_them(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(published("params.yaml"), encoding="utf-8")
    values = params.read(path)
    assert values == yaml.safe_load(path.read_text(encoding="utf-8"))
    tables = dict(check.TABLES)
    for name in params.models(values):
        tables |= job.tables(weights.architecture(name))
    params.check(values, tables)


def test_the_committed_networks_stay_within_the_sizes_they_claim():
    values = yaml.safe_load(published("params.yaml"))
    for name, most in {"ann": 2_000_000, "cnn": 150_000}.items():
        arguments, _ = job.divided(import_module(f"mnist.models.{name}"), values[name])
        configuration = weights.Configuration(name, {"classes": 10, **arguments}, 0.1, 0.3)
        assert sum(p.numel() for p in weights.build(configuration).parameters()) <= most
