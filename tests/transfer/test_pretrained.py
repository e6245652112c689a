"""Weights come through torchvision's own loader, or from a file that cannot run code."""

import functools
import hashlib
import http.server
import io
import pickle
import threading
from pathlib import Path

import pytest
import torch

from mnist.core.errors import InputError
from pipelines.transfer.comparison import backbones, pretrained

NAME = "squeezenet1_1"


@pytest.fixture(scope="module")
def state():
    """Return a state_dict of a whole classifier of torchvision, as its hub has them."""
    torch.manual_seed(5)
    return backbones.models().get_model(NAME, weights=None).state_dict()


@pytest.fixture(scope="module")
def backbone():
    return backbones.build(NAME, 10, 32).backbone


@pytest.fixture
def hub(state, tmp_path, monkeypatch):
    """Serve the state_dict on this machine; return (folder of torch's hub, publish(hash))."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    served = tmp_path / "served"
    served.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(served))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    weights = backbones.models().get_model_weights(NAME).DEFAULT
    before = weights.value.url

    def publish(digest=None, there=True):
        digest = digest or hashlib.sha256(buffer.getvalue()).hexdigest()[:8]
        name = f"{NAME}-{digest}.pth"
        if there:
            (served / name).write_bytes(buffer.getvalue())
        url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
        object.__setattr__(weights.value, "url", url)  # a frozen dataclass of torchvision's
        return tmp_path / "hub" / "checkpoints" / name

    yield publish
    object.__setattr__(weights.value, "url", before)
    server.shutdown()
    thread.join()
    server.server_close()


def same(backbone, state):
    own = backbone.state_dict()
    return all(torch.equal(own[key], state[key]) for key in own)


def test_torchvisions_loader_fetches_what_has_the_published_hash(hub, state):
    path, backbone = hub(), backbones.build(NAME, 10, 32).backbone
    assert not same(backbone, state)
    digest = pretrained.load(backbone, NAME, "imagenet")
    assert same(backbone, state)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_hash_is_one_line(hub, backbone):
    hub("0123abcd")
    with pytest.raises(InputError, match="differs from its published SHA-256") as error:
        pretrained.load(backbone, NAME, "imagenet")
    assert "\n" not in str(error.value)


def test_a_file_that_was_put_into_place_is_held_against_its_hash_too(hub, backbone, tmp_path):
    path = hub("0123abcd")
    path.parent.mkdir(parents=True)
    path.write_bytes((tmp_path / "served" / path.name).read_bytes())
    with pytest.raises(InputError, match="differs from its published SHA-256; remove it"):
        pretrained.load(backbone, NAME, "imagenet")


def test_a_damaged_file_in_its_place_is_one_line(hub, backbone):
    path = hub()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    with pytest.raises(InputError, match="is damaged"):
        pretrained.load(backbone, NAME, "imagenet")


def test_without_the_hub_one_line_names_the_file_its_place_and_the_way_without(hub, backbone):
    path = hub("89abcdef", there=False)
    with pytest.raises(InputError) as error:
        pretrained.load(backbone, NAME, "imagenet")
    said = str(error.value)
    assert path.name in said and str(path.parent) in said and "none" in said
    assert "\n" not in said


def saved(path, content):
    torch.save(content, path)
    return str(path)


def features(state):
    return {key: value for key, value in state.items() if key.startswith("features.")}


def test_a_file_may_hold_the_features_alone(state, tmp_path):
    backbone = backbones.build(NAME, 10, 32).backbone
    path = saved(tmp_path / "w.pt", features(state))
    digest = pretrained.load(backbone, NAME, path)
    assert digest == hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert same(backbone, state)


def test_every_other_weight_must_be_there_and_fit(state, backbone, tmp_path):
    own = features(state)
    first = next(iter(own))
    lacking = {key: value for key, value in own.items() if key != first}
    longer = {**own, first: torch.zeros(1)}
    more = {**own, "else.weight": torch.zeros(1)}
    for content, what in ((lacking, "lacks"), (longer, "of shape"), (more, "also has")):
        with pytest.raises(InputError, match=f"{what}.*no weights of {NAME}") as error:
            pretrained.load(backbone, NAME, saved(tmp_path / "w.pt", content))
        assert "\n" not in str(error.value)


def test_weights_of_another_architecture_are_refused(backbone, tmp_path):
    other = backbones.models().get_model("resnet18", weights=None).state_dict()
    with pytest.raises(InputError, match=f"these are no weights of {NAME}"):
        pretrained.load(backbone, NAME, saved(tmp_path / "w.pt", other))


class Touch:
    """A pickle that would run code."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("write", ["torch", "pickle"])
def test_a_pickle_that_runs_code_is_not_run(write, backbone, tmp_path, recwarn):
    path, made = tmp_path / "w.pt", tmp_path / "made"
    content = {"features.0.weight": Touch(made)}
    if write == "torch":
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps(content))
    with pytest.raises(InputError, match="was not run"):
        pretrained.load(backbone, NAME, str(path))
    assert not made.exists() and not recwarn  # a warning of torch's would be a second line


@pytest.mark.parametrize("content", [[1], {"features.0.weight": 1}, {}])
def test_what_is_no_state_dict_is_refused(content, backbone, tmp_path):
    with pytest.raises(InputError, match="no state_dict"):
        pretrained.load(backbone, NAME, saved(tmp_path / "w.pt", content))


def test_a_missing_file_and_noise_are_one_line_each(backbone, tmp_path):
    with pytest.raises(InputError, match="is not here"):
        pretrained.load(backbone, NAME, str(tmp_path / "none.pt"))
    (tmp_path / "noise.pt").write_bytes(b"\x00noise")
    with pytest.raises(InputError, match=r"noise\.pt"):
        pretrained.load(backbone, NAME, str(tmp_path / "noise.pt"))


def test_an_old_file_without_counts_of_batches_fits():
    backbone = backbones.build("resnet18", 10, 32).backbone
    old = {k: v for k, v in backbone.state_dict().items() if "batches_tracked" not in k}
    pretrained.fill(backbone, "resnet18", old, "old.pt")
