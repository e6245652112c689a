import numpy as np
import pytest

from mnist.evaluation import examples

LABELS = np.array([0, 1, 2, 3, 4])


def sure(*answers, classes=10):
    """Return probabilities (5, classes) of a network that gives these answers, 0.9 sure."""
    p = np.full((5, classes), 0.1 / (classes - 1))
    p[np.arange(5), answers] = 0.9
    return p


NETWORKS = {
    "ann": np.stack([sure(0, 7, 2, 8, 4), sure(0, 7, 9, 8, 4), sure(5, 7, 9, 8, 4)]),
    "cnn": np.stack([sure(0, 1, 2, 8, 6), sure(0, 1, 2, 8, 6), sure(0, 1, 9, 8, 4)]),
}
THIRD = {"lenet": np.stack([sure(0, 1, 2, 3, 6)])}


def found(networks):
    galleries = examples.contrasts(networks, LABELS)
    return {name: sorted(chosen) for name, (chosen, _) in galleries.items()}


def test_the_mean_of_the_seeds_decides_what_a_model_gets_wrong():
    assert found(NETWORKS) == {
        "ann_wrong_cnn_right": [1, 2],
        "cnn_wrong_ann_right": [4],
        "all_wrong": [3],
        "doubtful_labels": [3],
    }


def test_every_ordered_pair_of_three_models_has_a_gallery():
    assert found({**NETWORKS, **THIRD}) == {
        "ann_wrong_cnn_right": [1, 2],
        "ann_wrong_lenet_right": [1, 2, 3],
        "cnn_wrong_ann_right": [4],
        "cnn_wrong_lenet_right": [3],
        "lenet_wrong_ann_right": [4],
        "lenet_wrong_cnn_right": [],
        "all_wrong": [],
        "doubtful_labels": [],
    }


def test_a_single_model_has_no_contrasts():
    assert found(THIRD) == {"all_wrong": [4], "doubtful_labels": [4]}


def test_titles_count():
    titles = [title for _, title in examples.contrasts(NETWORKS, LABELS).values()]
    assert [int(title.split()[0]) for title in titles] == [2, 1, 1, 1]
    chosen, title = examples.contrasts(NETWORKS, LABELS, most=1)["ann_wrong_cnn_right"]
    assert len(chosen) == 1 and title.startswith("2 images") and title.endswith("1 of them shown")


def test_the_surest_mistake_comes_first():
    p = sure(0, 7, 2, 8, 4)
    p[1] = 0.01
    p[1, 7] = 0.5
    order, title = examples.mistakes(p, LABELS)
    assert order.tolist() == [3, 1] and title == "2 of 5 wrong, the surest first"
    order, title = examples.mistakes(p, LABELS, most=1)
    assert order.tolist() == [3] and title == "2 of 5 wrong, the 1 surest"


def test_the_most_frequent_confusion_comes_first():
    assert examples.confused(NETWORKS, LABELS, most=2, each=1) == [3, 1]


@pytest.mark.parametrize("classes", [5, 12])
def test_confusions_are_found_among_any_number_of_classes(classes):
    networks = {"ann": np.stack([sure(0, classes - 1, 2, 3, 4, classes=classes)])}
    assert examples.confused(networks, LABELS, each=1) == [1]
