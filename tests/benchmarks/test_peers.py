from itertools import islice

import pytest
import torch

import peers
from mnist.evaluation import efficiency


@pytest.mark.parametrize(
    ("name", "parameters"), [("pytorch_examples", 1_199_882), ("train_mnist_fast", 215_194)]
)
def test_the_peers_are_of_the_published_size_and_learn(name, parameters, digits):
    images, labels = map(torch.from_numpy, digits)
    *_, model = islice(peers.PEERS[name](images, labels, seed=0, epochs=3), 3)
    assert efficiency.parameters(model) == parameters
    assert peers.accuracy(model, images, labels) > 0.8
