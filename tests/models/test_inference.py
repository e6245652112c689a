import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from mnist.models import ann, cnn, inference


@pytest.fixture(scope="module", params=["ann", "cnn"])
def model(request):
    torch.manual_seed(0)
    widths = {"ann": [32], "cnn": [4, 4, 8, 16]}[request.param]
    return {"ann": ann, "cnn": cnn}[request.param].build(classes=10, widths=widths, dropout=0.5)


def test_predictions_do_not_depend_on_the_batch_size_or_on_the_mode(model, digits):
    images = torch.from_numpy(digits[0][:333])
    whole = inference.predict(model.train(), images, batch_size=333)
    for size in (1, 7, 100, 1000):
        assert torch.allclose(inference.predict(model, images, batch_size=size), whole, atol=1e-6)


def test_predictions_are_probabilities_and_change_nothing(model, digits):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    probabilities = inference.predict(model, torch.from_numpy(digits[0][:50]))
    assert probabilities.shape == (50, 10) and probabilities.min() >= 0
    assert torch.allclose(probabilities.sum(1), torch.ones(50))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_score_agrees_with_scikit_learn():
    generator = np.random.default_rng(0)
    p = generator.dirichlet(np.ones(10), 200).astype(np.float32)
    labels = generator.integers(10, size=200)
    score = inference.score(torch.from_numpy(p), torch.from_numpy(labels))
    assert score["accuracy"] == accuracy_score(labels, p.argmax(1))
    assert score["nll"] == pytest.approx(log_loss(labels, p, labels=range(10)), rel=1e-5)


def test_certainty_in_a_wrong_answer_is_punished_but_not_infinite():
    certain = torch.eye(10)[:1]
    assert 20 < inference.score(certain, torch.tensor([3]))["nll"] < 30
