"""An address of Ray's that cannot be used is one line."""

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
