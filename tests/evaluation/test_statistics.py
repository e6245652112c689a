import numpy as np
import pytest
from scipy.stats import binom, bootstrap
from scipy.stats import t as student_t
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from mnist.evaluation import statistics


def test_wilson_agrees_with_a_worked_example():
    # Newcombe 1998, Statistics in Medicine 17, 857: 81 of 263, method 3.
    assert statistics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert statistics.wilson(0, 10)[0] == 0 and statistics.wilson(10, 10)[1] == 1


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (12, 3), (3, 12), (40, 90)])
def test_mcnemar_is_the_two_sided_sign_test_of_the_discordant_images(first, second):
    by_hand = min(1.0, 2 * binom.cdf(min(first, second), first + second, 0.5))
    assert statistics.mcnemar(first, second) == pytest.approx(by_hand)


def test_mcnemar_agrees_with_a_worked_example():
    # Fagerland, Lydersen & Laake 2013, BMC Med Res Methodol 13:91, table 1: 1 against 7.
    assert statistics.mcnemar(1, 7) == pytest.approx(0.0703, abs=5e-5)


def simulated(errors, generator, seeds=3, n=10_000):
    """Return the wrong images of recipes with these error rates, bool (recipes, seeds, n).

    A few hard images have most of the errors, most of them the same for every recipe, and the
    seeds of a recipe differ in their rate by 8 %, about as ours do.
    """
    shape = (0.02, 0.02 / 0.005 - 0.02)
    common, found = generator.beta(*shape, n), []
    for error in errors:
        own = np.where(generator.random(n) < 0.7, common, generator.beta(*shape, n))
        luck = np.exp(generator.normal(0, 0.08, (seeds, 1)))
        found.append(generator.random((seeds, n)) < np.clip(own * luck * error / 0.005, 0, 1))
    return np.stack(found)


def findings(errors, comparisons):
    generator = np.random.default_rng(0)
    found = 0
    for _ in range(comparisons):
        rates = statistics.resample(simulated(errors, generator))
        low, high = statistics.interval(rates[:, 1] - rates[:, 0])
        found += low > 0 or high < 0
    return found / comparisons


@pytest.fixture
def fewer_resamples(monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 2000)


@pytest.mark.slow
@pytest.mark.parametrize("error", [0.0035, 0.0075])
def test_equal_recipes_are_seldom_told_apart(error, fewer_resamples):
    assert findings((error, error), comparisons=200) <= 0.07


@pytest.mark.slow
def test_half_the_errors_is_found(fewer_resamples):
    assert findings((0.0035, 0.0075), comparisons=200) >= 0.95


def test_of_some_comparisons_those_of_unequal_recipes_are_found(fewer_resamples):
    assert findings((0.0035, 0.0035), comparisons=20) <= 0.1
    assert findings((0.0035, 0.0075), comparisons=20) >= 0.9


def test_a_single_network_s_interval_agrees_with_wilson():
    wrong = np.zeros((1, 1, 10_000), bool)
    wrong[0, 0, :60] = True
    low, high = statistics.interval(1 - statistics.resample(wrong))
    assert (low, high) == pytest.approx(statistics.wilson(9940, 10_000), abs=3e-4)


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_the_bootstrap_spreads_as_much_as_the_mean_of_so_few_seeds(seeds, monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 4000)
    rates = np.linspace(0.1, 0.5, seeds)
    wrong = np.random.default_rng(0).random((seeds, 5000)) < rates[:, None]
    variance = statistics.resample(wrong[None])[:, 0].var()
    assert variance == pytest.approx(wrong.mean(axis=1).var(ddof=1) / seeds, rel=0.1)


def test_intervals_of_recipes_hold_the_truth_as_often_as_they_say_or_more(fewer_resamples):
    """With few seeds, docs/figures.md says so: images × seeds count twice (Owen 2007)."""
    generator, held, comparisons = np.random.default_rng(0), np.zeros(3), 50
    errors = np.array([0.0035, 0.0075])  # what simulated gives them, to a hundredth of itself
    for _ in range(comparisons):
        first, second = statistics.resample(simulated(errors, generator)).T
        for place, (rates, truth) in enumerate(
            ((first, errors[0]), (second, errors[1]), (second - first, errors[1] - errors[0]))
        ):
            low, high = statistics.interval(rates)
            held[place] += low <= truth <= high
    assert (held / comparisons >= statistics.LEVEL).all()


def test_paired_models_have_the_same_seeds_in_every_resample():
    """As two readings of the same networks: what their seeds differ in cancels out."""
    rates = np.array([0.1, 0.3, 0.5])
    wrong = np.stack([np.broadcast_to(each[:, None], (3, 50)) for each in (rates, rates + 0.1)])
    drawn = statistics.resample(wrong, paired=True)
    assert np.ptp(drawn[:, 1] - drawn[:, 0]) < 1e-9
    assert np.ptp(statistics.resample(wrong)[:, 1] - drawn[:, 0]) > 0.1


def test_resampling_is_repeatable_and_centred():
    wrong = simulated((0.005,), np.random.default_rng(1))
    rates = statistics.resample(wrong)
    assert np.array_equal(rates, statistics.resample(wrong))
    assert rates.mean() == pytest.approx(wrong.mean(), rel=0.02)


def test_brier_and_calibration_error_of_cases_worked_by_hand():
    sure = np.eye(10)[[0, 1, 2, 3]]
    assert statistics.calibration(sure, np.array([0, 1, 2, 3])) == {"brier": 0, "ece": 0}
    assert statistics.calibration(sure, np.array([0, 1, 2, 4])) == {"brier": 0.5, "ece": 0.25}
    even = np.full((5, 10), 0.1)
    assert statistics.calibration(even, np.zeros(5, int)) == pytest.approx(
        {"brier": 0.9, "ece": 0.9}
    )


def test_brier_agrees_with_scikit_learn():
    generator = np.random.default_rng(0)
    p, labels = generator.dirichlet(np.ones(10), 300), generator.integers(10, size=300)
    theirs = brier_score_loss(labels, p, labels=range(10), scale_by_half=False)
    assert statistics.calibration(p, labels)["brier"] == pytest.approx(theirs)


def test_the_reliability_bins_hold_every_image_once_and_agree_with_scikit_learn():
    generator = np.random.default_rng(0)
    p, labels = generator.dirichlet(np.full(10, 0.3), 3000), generator.integers(10, size=3000)
    bins = statistics.reliability(p, labels)
    assert bins["count"].sum() == 3000
    theirs = calibration_curve(p.argmax(1) == labels, p.max(1), n_bins=statistics.BINS)
    assert bins.loc[bins["count"] > 0, "accuracy"].to_numpy() == pytest.approx(theirs[0])
    assert bins.loc[bins["count"] > 0, "confidence"].to_numpy() == pytest.approx(theirs[1])


def test_the_errors_left_at_a_coverage_are_those_of_the_surest_answers():
    p = np.full((10, 10), 0.0)
    p[np.arange(10), 0] = np.arange(10, 0, -1) / 10
    labels = np.array([0, 0, 1, 0, 0, 0, 0, 0, 1, 1])
    left = [statistics.errors_at(c, p, labels) for c in (1, 0.9, 0.8, 0.3, 0.2, 0)]
    assert left == [3, 2, 1, 1, 0, 0]


def test_the_bootstrap_of_one_recipe_agrees_with_scipy():
    wrong = np.zeros(500, bool)
    wrong[:40] = True
    ours = statistics.interval(statistics.resample(wrong[None, None]))
    theirs = bootstrap((wrong,), np.mean, method="percentile", rng=0).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=3e-3)


@pytest.mark.parametrize("classes", [3, 12])
def test_brier_is_of_any_number_of_classes(classes):
    even, labels = np.full((6, classes), 1 / classes), np.arange(6) % classes
    by_hand = (1 - 1 / classes) ** 2 + (classes - 1) / classes**2
    assert statistics.calibration(even, labels)["brier"] == pytest.approx(by_hand)


def written(writers, images, generator, spread=0.1):
    """Return which images are answered correctly, and who wrote each; people differ by spread."""
    chances = np.clip(generator.normal(0.85, spread, writers), 0, 1)
    who = np.repeat(np.arange(writers), images)
    return (generator.random(len(who)) < chances[who]).astype(float), who


def test_images_by_few_writers_say_less_than_as_many_by_as_many():
    correct, writers = written(8, 200, np.random.default_rng(0))
    low, high = statistics.accuracy_interval(correct, writers)
    narrow = statistics.accuracy_interval(correct)
    assert narrow == statistics.wilson(correct.sum(), 1600)
    assert low < narrow[0] and high > narrow[1]
    assert low < correct.mean() < high
    # Each image by another hand: as Wilson's.
    alone = statistics.accuracy_interval(correct, np.arange(1600))
    assert alone == pytest.approx(narrow, abs=2e-3)


@pytest.mark.parametrize("writers", [2, 3, 6])
def test_the_bootstrap_spreads_as_much_as_the_mean_of_so_few_writers(writers):
    shares, who = np.linspace(0.48, 0.52, writers), np.repeat(np.arange(writers), 10)
    spread = (statistics.resample_writers(shares[who], who) - 0.5).std()
    student = student_t.ppf(0.975, writers - 1) / 1.96
    assert spread == pytest.approx(student * shares.std(ddof=1) / writers**0.5, rel=0.05)


@pytest.mark.parametrize("writers", [2, 3, 6])
def test_an_interval_over_few_writers_holds_the_truth_as_often_as_it_says(writers, monkeypatch):
    """Without Student's t, of two it does in 61 % and of three in 77 % of all cases."""
    monkeypatch.setattr(statistics, "RESAMPLES", 500)
    generator, held, who = np.random.default_rng(0), 0, np.arange(writers)
    for _ in range(300):
        shares = generator.normal(0.5, 0.01, writers)  # so that no end meets 0 or 1
        low, high = statistics.interval(statistics.resample_writers(shares, who))
        held += low <= 0.5 <= high
        of_means = statistics.over_people(shares)
        assert of_means == pytest.approx((low, high), abs=0.01)  # each has as many images
    assert 0.91 <= held / 300 <= 0.97


def test_a_writer_s_images_stay_together_and_weigh_as_many_as_they_are():
    correct, writers = np.array([1.0, 1.0, 1.0, 0.0]), np.array(["a", "a", "a", "b"])
    found = statistics.resample_writers(correct, writers)
    # Drawn are aa (1), ab (0.75) or bb (0), widened about 0.75 and kept in 0..1.
    assert np.unique(found).tolist() == [0, 0.75, 1]
    assert np.array_equal(found, statistics.resample_writers(correct, writers))
    assert statistics.accuracy_interval(correct, writers) == (0, 1)


@pytest.mark.parametrize(
    ("correct", "writers"),
    [([1, 0, 1, 1], "aaaa"), ([1, 1, 1, 1], "aabb"), ([1, 0, 1, 0], "aabb")],
)
def test_of_one_writer_or_where_writers_do_not_differ_the_interval_is_wilson_s(correct, writers):
    found = statistics.accuracy_interval(np.array(correct, float), np.array(list(writers)))
    assert found == statistics.wilson(sum(correct), 4)


def test_a_single_error_of_many_writers_gives_no_narrower_interval_than_wilson_s():
    correct, writers = np.ones(150), np.repeat(np.arange(50), 3)
    correct[0] = 0
    low, high = statistics.accuracy_interval(correct, writers)
    narrow = statistics.interval(statistics.resample_writers(correct, writers))
    assert low == statistics.wilson(149, 150)[0] < narrow[0] and high == narrow[1] == 1


def coverage(with_writers, trials=300):
    """Return how often the interval holds the accuracy over all people, of 12 drawn from them."""
    generator, held = np.random.default_rng(0), 0
    for _ in range(trials):
        correct, writers = written(12, 100, generator)
        low, high = statistics.accuracy_interval(correct, writers if with_writers else None)
        held += low <= 0.845 <= high  # 0.85, less what is cut off above 1
    return held / trials


def test_by_writer_the_interval_holds_what_it_says_and_by_image_it_does_not(monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 500)
    assert coverage(with_writers=True) > 0.88
    assert coverage(with_writers=False) < 0.7
