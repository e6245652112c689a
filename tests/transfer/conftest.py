"""A small project to compare networks in, for several tests."""

import pytest

from transfer import networks


@pytest.fixture
def project(digits, tmp_path, monkeypatch):
    """Work in a project of scikit-learn's digits, with weights for the backbone."""
    monkeypatch.chdir(tmp_path)
    networks.make(*digits)
    return tmp_path
