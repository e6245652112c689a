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
        ("127.0.0.1:1", "no cluster at 127.0.0.1:1; start one as docs/cluster.md says, or unset"),
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


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ConnectionError("Failed to connect\nto Ray cluster"),
            "Failed to connect to Ray cluster; if it asks for a token, set RAY_AUTH_MODE=token",
        ),
        (
            joining.ray.exceptions.AuthenticationError("no token\nwas found"),
            "is missing or another than the cluster's; set RAY_AUTH_TOKEN as docs/cluster.md says",
        ),
    ],
)
def test_a_cluster_that_asks_for_a_token_is_one_line_that_says_so(error, words, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "auto")

    def refuses(**options):
        raise error

    monkeypatch.setattr(joining.ray, "init", refuses)
    with pytest.raises(InputError, match=words) as caught, joining.joined(1):
        pass
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("processes", "cores", "room"), [(2, 2, "1 × 2"), (4, 1, "3 × 1"), (3, 1, None)]
)
def test_machines_without_room_for_what_is_asked_are_named(
    processes, cores, room, monkeypatch, capsys
):
    one = {"Alive": True, "Resources": {"CPU": 3.0}}
    lost = {"Alive": False, "Resources": {"CPU": 3.0}}
    driver = {"Alive": True, "Resources": {}}
    monkeypatch.setattr(joining.ray, "nodes", lambda: [one, lost, driver])
    joining.warn(processes, cores)
    asked = f"{processes} × {cores} cores are asked for"
    words = f"{asked}, the machines have {room}; waiting for machines, Ctrl-C stops it\n"
    assert capsys.readouterr().err == (words if room else "")


def test_of_an_error_from_another_machine_the_last_line_is_shown():
    error = RuntimeError("\x1b[36mray::read()\x1b[39m\n  File x, line 1\nOSError: disk full\n")
    assert joining.last_line(error) == "OSError: disk full"
    assert joining.last_line(KeyError()) == "KeyError"
