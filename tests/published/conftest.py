"""What several tests of the committed figures read; all of it as committed."""

import pytest
import yaml

import answer
from helpers import published, published_table


@pytest.fixture(scope="session")
def settings():
    """Return params.yaml."""
    return yaml.safe_load(published("params.yaml"))


@pytest.fixture(scope="session")
def page():
    """Return docs/answer.md, without its line breaks."""
    return " ".join(published("docs/answer.md").split())


@pytest.fixture(scope="session")
def read():
    """Return what reads a table of the answer, by its name."""
    return lambda name: published_table(answer.path(name).as_posix())
