from itertools import islice

import pandas as pd
import pytest
import torch

import peers
from mnist.evaluation import efficiency


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        pytest.param("pytorch_examples", 1_199_882, marks=pytest.mark.slow),
        ("train_mnist_fast", 215_194),
    ],
)
def test_the_peers_are_of_the_published_size_and_learn(name, parameters, digits):
    images, labels = map(torch.from_numpy, digits)
    *_, model = islice(peers.PEERS[name](images, labels, seed=0, epochs=3), 3)
    assert efficiency.parameters(model) == parameters
    assert peers.accuracy(model, images, labels) > 0.8


def test_our_own_lines_are_there_whenever_it_is_killed_and_new_each_time(tmp_path, monkeypatch):
    own = {"network": "cnn", "seed": 0, "test_accuracy": 0.5}
    monkeypatch.setattr(peers.measuring, "RESULTS", tmp_path)
    monkeypatch.setattr(peers.measuring, "settings", lambda: {"compute": {}, "seeds": [0]})
    monkeypatch.setattr(peers.measuring, "require", lambda *given: None)
    monkeypatch.setattr(peers.device, "prepare", lambda: None)
    monkeypatch.setattr(peers.params, "models", lambda settings: ["cnn"])
    monkeypatch.setattr(peers.prepared, "load", lambda part: (torch.zeros(1).numpy(),) * 2)
    monkeypatch.setattr(peers, "pipeline_runs", lambda *given: [dict(own)])
    monkeypatch.setattr(peers, "costs", lambda *given: pd.DataFrame([own]))
    seen = []

    def run(name, seed, parts):
        seen.append(set(pd.read_csv(tmp_path / "peers.csv")["network"]))
        return {"network": name, "seed": seed, "test_accuracy": 0.9}

    monkeypatch.setattr(peers, "run", run)
    peers.main()
    assert len(seen) == len(peers.PEERS) * len(peers.SEEDS) and all("cnn" in each for each in seen)
    own["test_accuracy"] = 0.6
    peers.main()
    assert len(seen) == len(peers.PEERS) * len(peers.SEEDS)
    table = pd.read_csv(tmp_path / "peers.csv").set_index("network")
    assert table.loc["cnn", "test_accuracy"] == 0.6 and len(table) == 1 + len(seen)
