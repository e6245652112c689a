import numpy as np

from mnist import galleries

LABELS = np.array([0, 1, 2, 3, 4])


def sure(*answers):
    """Return probabilities (5, 10) of a network that gives these answers, 0.9 sure."""
    p = np.full((5, 10), 0.1 / 9)
    p[np.arange(5), answers] = 0.9
    return p


NETWORKS = {
    "ann": np.stack([sure(0, 7, 2, 8, 4), sure(0, 7, 9, 8, 4), sure(5, 7, 9, 8, 4)]),
    "cnn": np.stack([sure(0, 1, 2, 8, 6), sure(0, 1, 2, 8, 6), sure(0, 1, 9, 8, 4)]),
}


def test_the_mean_of_the_seeds_decides_what_a_model_gets_wrong():
    found = {name: sorted(i) for name, (i, _) in galleries.contrasts(NETWORKS, LABELS).items()}
    assert found == {
        "only_ann_wrong": [1, 2],
        "only_cnn_wrong": [4],
        "both_wrong": [3],
        "doubtful_labels": [3],
    }


def test_titles_count():
    titles = [title for _, title in galleries.contrasts(NETWORKS, LABELS).values()]
    assert [int(title.split()[0]) for title in titles] == [2, 1, 1, 1]
    chosen, title = galleries.contrasts(NETWORKS, LABELS, most=1)["only_ann_wrong"]
    assert len(chosen) == 1 and title.startswith("2 digits") and title.endswith("1 of them shown")


def test_the_surest_mistake_comes_first():
    p = sure(0, 7, 2, 8, 4)
    p[1] = 0.01
    p[1, 7] = 0.5
    order, title = galleries.mistakes(p, LABELS)
    assert order.tolist() == [3, 1] and title == "2 of 5 wrong, the surest first"
    order, title = galleries.mistakes(p, LABELS, most=1)
    assert order.tolist() == [3] and title == "2 of 5 wrong, the 1 surest"


def test_the_most_frequent_confusion_comes_first():
    assert galleries.confused(NETWORKS, LABELS, most=2, examples=1) == [3, 1]
