import pytest

from mnist.training import epoch_choice


@pytest.mark.parametrize(
    ("accuracies", "kept"),
    [
        ([0.5, 0.9, 0.8], 1),
        ([0.5, 0.9, 0.895], 2),  # one standard error of 0.9 on 1,000 images is 0.0095
        ([0.5, 0.9, 0.895, 0.88], 2),
        ([0.7], 0),
        ([1.0, 1.0, 0.9995], 2),
        ([1.0, 1.0, 0.99], 1),
        ([0.0, 0.0], 1),
    ],
)
def test_the_latest_epoch_within_a_standard_error_of_the_best_is_kept(accuracies, kept):
    assert epoch_choice.choose(accuracies, 1000) == kept
