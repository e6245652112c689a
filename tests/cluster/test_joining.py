"""An address of Ray's that cannot be used is one line."""

import os
import sys

import pytest

from mnist.core.errors import InputError

reason = "it is in the environment that 'make search' makes"
pytest.importorskip("ray", reason=reason)

from pipelines.cluster import joining  # noqa: E402


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1:1", "no cluster at 127.0.0.1:1; start one with ray up, or unset RAY_ADDRESS"),
        ("ray://head:10001", "is for a client outside of the cluster; on a machine of the cluster"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line(address, words, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(InputError, match=words) as caught, joining.joined(1):
        pass
    assert "\n" not in str(caught.value)


def test_what_python_writes_to_stderr_is_seen_and_what_others_write_is_not(capfd):
    with joining.quiet():
        os.write(2, b"by another\n")
        print("by Python", file=sys.stderr)
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "by Python\nafterwards\n"


@pytest.mark.parametrize(("address", "asked"), [(None, "local"), ("auto", "auto")])
def test_a_cluster_that_runs_here_is_joined_only_if_it_is_named(address, asked, monkeypatch):
    if address:
        monkeypatch.setenv("RAY_ADDRESS", address)
    else:
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
    given = {}
    monkeypatch.setattr(joining.ray, "init", lambda **options: given.update(options))
    monkeypatch.setattr(joining.ray, "shutdown", lambda: None)
    with joining.joined(1):
        assert given["address"] == asked
        assert ("num_cpus" in given) == (address is None)
