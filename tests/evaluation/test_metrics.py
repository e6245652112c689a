import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss

from mnist.core import files
from mnist.evaluation import metrics

LABELS = np.arange(200) % 10
DIGITS = [*"0123456789"]


def probabilities(seed, classes=10):
    generator = np.random.default_rng(seed)
    p = generator.dirichlet(np.ones(classes), 200)
    p[generator.random(200) < 0.8] *= 0.1
    p[np.arange(200), LABELS % classes] += 1 - p.sum(axis=1)
    return p.astype(np.float32)


P = np.stack([probabilities(0), probabilities(1)])


def test_a_network_s_figures_agree_with_scikit_learn():
    figures = metrics.network(P[0], LABELS)
    predicted = P[0].argmax(1)
    assert figures["errors"] == (predicted != LABELS).sum()
    assert figures["accuracy"] == (predicted == LABELS).mean()
    assert figures["low"] < figures["accuracy"] < figures["high"]
    assert figures["macro_f1"] == pytest.approx(f1_score(LABELS, predicted, average="macro"))
    assert figures["nll"] == pytest.approx(log_loss(LABELS, P[0]), rel=1e-5)


def test_the_confusion_has_each_image_once_and_the_errors_off_its_diagonal():
    table = metrics.confusion_table(P, LABELS, DIGITS)
    assert len(table) == 100 and table["count"].sum() == pytest.approx(200)
    off = table[table["true"] != table["predicted"]]["count"].sum()
    assert off == pytest.approx((P.argmax(2) != LABELS).sum(axis=1).mean())


def test_tables_call_the_classes_by_their_names_whatever_their_number():
    labels, names = LABELS % 3, ["coat", "bag", "ankle boot"]
    p = np.stack([probabilities(0, 3), probabilities(1, 3)])
    table = metrics.confusion_table(p, labels, names)
    assert table["true"].tolist() == [name for name in names for _ in names]
    assert table["predicted"].tolist() == 3 * names
    wrong = (p.argmax(2) == 2) & (labels == 1)
    count = table.set_index(["true", "predicted"])["count"]["bag", "ankle boot"]
    assert count == wrong.sum(axis=1).mean()
    classes = metrics.class_table(p, labels, names)
    assert classes["class"].tolist() == names
    assert classes["support"].tolist() == np.bincount(labels).tolist()
    assert metrics.network(p[0], labels)["macro_f1"] > 0.5


def test_a_perfect_network_s_coverage_has_no_errors_and_one_bin():
    perfect = np.eye(10, dtype=np.float32)[LABELS][None]
    assert metrics.coverage_table(perfect, LABELS)["errors"].sum() == 0
    assert metrics.calibration_table(perfect, LABELS).to_dict("list") == {
        "confidence": [1.0],
        "accuracy": [1.0],
        "count": [200],
    }


def test_all_networks_have_a_row_per_part_in_the_order_of_the_models(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for model in "ba":
        for seed in (4, 2):
            path = f"data/models/{model}/{seed}/predictions.npz"
            files.write_arrays(path, train=P[0][:50], validation=P[1])
    labels = dict.fromkeys(("train", "validation", "test"), LABELS)
    table = metrics.networks({"b": P, "a": P[::-1]}, labels, [4, 2])
    assert table[["model", "seed", "part"]].to_numpy().tolist() == [
        [model, seed, part]
        for model in "ba"
        for seed in (4, 2)
        for part in ("train", "validation", "test")
    ]
    assert table["errors"][2] == (P[0].argmax(1) != LABELS).sum() == table["errors"][11]


def test_an_ensemble_abstains_on_one_percent_of_validation():
    p = np.full((200, 10), 0.01)
    p[:, 3] = np.linspace(0.5, 0.9, 200)
    found = metrics.ensemble(p, np.where(np.arange(200) < 150, 3, 4))
    assert (p.max(1) < found["unsure_below"]).sum() == 2
    assert found["validation_together"] == 0.75
