"""README.md and docs/ say what metrics/ say, both as committed."""

import json

import numpy as np
import pytest
import yaml
from scipy.stats import norm, t

from helpers import handbook, published, published_table, table

NAMES = {"ann": "ANN", "cnn": "CNN"}


@pytest.fixture(scope="module")
def pages():
    return handbook()


@pytest.fixture(scope="module")
def metrics():
    names = ("test", "selection", "timings", "data", "generalize")
    found = {name: json.loads(published(f"metrics/{name}.json")) for name in names}
    found["strong"] = published_table("benchmarks/results/strong.csv")
    found["fashion"] = table("fashion_mnist").set_index("of")
    found["corruptions"] = published_table("metrics/corruptions.csv")
    found["geometry"] = published_table("metrics/geometry.csv")
    return {**found, "training": found["timings"]["training"]}


def row(label, cell):
    return f"| {label} | {cell('ann')} | {cell('cnn')} |"


def result_table(metrics):
    """Return the lines of the result table, from the figures."""
    test, costs, training = (metrics[name] for name in ("test", "selection", "training"))

    def interval(name):
        return " to ".join(f"{100 * test[name][key]:.2f}" for key in ("low", "high")) + " %"

    return [
        row("Test accuracy", lambda n: f"{100 * test[n]['accuracy']:.2f} %"),
        row(
            "95 % interval",
            lambda n: f"{100 * test[n]['low']:.2f} to {100 * test[n]['high']:.2f} %",
        ),
        row("Errors of 10,000", lambda n: f"{test[n]['errors']:.0f}"),
        row("Parameters", lambda n: f"{costs[n]['parameters']:,}"),
        row("Multiply-accumulates per image", lambda n: f"{costs[n]['multiply_accumulates']:,}"),
        row("Training on two CPU cores", lambda n: f"{training[n]['seconds']:.0f} s"),
    ]


def evaluation(timings, name):
    """Return the seconds to predict 10,000 images, as a share of those of an epoch."""
    epochs = [np.diff(run["after_each_epoch"]) for run in timings[name].values()]
    rate = timings["images_per_second"]["batch 256, threads 2"][name]
    return 10_000 / rate / np.median(np.concatenate(epochs))


def times_as_long(training):
    """Return how many times as long as the ANN the CNN trains, by each table that has both."""
    lines = (
        table("processes").query("processes == 1"),
        published_table("benchmarks/answer/refit.csv"),
    )
    each = [{name: values["seconds"] for name, values in training.items()}]
    each += [part.groupby("model")["seconds"].median() for part in lines]
    return [seconds["cnn"] / seconds["ann"] for seconds in each]


def apart(lines):
    """Return by how much one set of accuracies (seeds) is above another, with its 95 % interval.

    In points, of 10,000 images, of which it makes no use that they are the same for both: what the
    images add to the variance and what the seeds add, by Student's t, are added as squares.
    """
    ann, cnn = (lines[lines["model"] == name]["test_accuracy"].to_numpy() for name in NAMES)
    images = sum(each.mean() * (1 - each.mean()) / 10_000 for each in (ann, cnn))
    seeds = sum(each.var(ddof=1) / len(each) for each in (ann, cnn))
    quantile = t.ppf(0.975, len(ann) + len(cnn) - 2)
    half = np.hypot(norm.ppf(0.975) * images**0.5, quantile * seeds**0.5)
    return [100 * (cnn.mean() - ann.mean() + sign * half) for sign in (0, -1, 1)]


def sentences(metrics):
    """Return the claims of the prose, from the figures."""
    test, costs, training = (metrics[name] for name in ("test", "selection", "training"))
    recipes = yaml.safe_load(published("params.yaml"))
    pair, seeds = test["cnn_minus_ann"], len(recipes["seeds"])
    arithmetic = costs["cnn"]["multiply_accumulates"] / costs["ann"]["multiply_accumulates"]
    longer = [f"{each:.1f}" for each in sorted(times_as_long(training))]
    smaller = costs["ann"]["parameters"] / costs["cnn"]["parameters"]
    after = {name: training[name]["accuracy_after_20_seconds"] for name in training}
    rates = metrics["timings"]["images_per_second"]
    one, many = (rates[f"batch {n}, threads 1"]["cnn_to_ann"] for n in (1, 256))
    assert pair["low"] > 0, "the interval no longer leaves out zero: the answer must change"
    far, moved = metrics["generalize"], metrics["geometry"].set_index(["curve", "value", "model"])
    ann, cnn = far["ann"], far["cnn"]

    reference = metrics["corruptions"].query("strength == 'reference'")
    errors = reference.pivot(index="kind", columns="model", values="error")
    (level,) = errors.index[errors["cnn"] > errors["ann"] - 0.003]  # three images of a thousand
    hardest = ["stripe", "canny_edges"]
    assert all(errors[m].nlargest(2).index.tolist() == hardest for m in ("ann", "cnn"))
    stripe, canny = (
        " and ".join(f"{100 * errors.loc[kind, m]:.1f} %" for m in ("cnn", "ann"))
        for kind in hardest
    )
    images = recipes["generalize"]["images"]
    strong = 100 * metrics["strong"].groupby("model")["test_accuracy"].mean()
    more = "{:.2f} points ({:.2f} to {:.2f}".format(*apart(metrics["strong"]))

    fashion = metrics["fashion"][["accuracy", "low", "high", "seeds"]].astype(float) * 100
    wear = fashion.loc["cnn_minus_ann"]
    assert wear["low"] > 0, "the answer no longer holds on Fashion-MNIST: the sentence must change"

    def alone(name, key):
        return f"{100 - 100 * costs[name][f'validation_{key}']:.2f} %"

    def percent(name, curve, *values):
        each = [moved.loc[(curve, value, name), "accuracy"] for value in values]
        return f"{100 * np.mean(each):.0f} %"

    ann_pass, cnn_pass = (evaluation(metrics["timings"], name) for name in ("ann", "cnn"))
    return [
        f"On Fashion-MNIST's clothes, with the same recipes and {wear['seeds'] / 100:.0f} seeds, "
        f"the answer is the same: the CNN is right on {fashion.loc['cnn', 'accuracy']:.1f} % of "
        f"the test images and the ANN on {fashion.loc['ann', 'accuracy']:.1f} %, a difference of "
        f"{wear['accuracy']:.1f} points ({wear['low']:.1f} to {wear['high']:.1f})",
        f"On two threads, in batches of 256, to predict 10,000 images takes {100 * ann_pass:.0f} % "
        f"of an epoch of the ANN's training and {100 * cnn_pass:.0f} % of the CNN's",
        f"the CNN reaches {strong['cnn']:.2f} % on the test images and the ANN {strong['ann']:.2f} "
        f"%, means over three seeds, a difference of {more}",
        f"With more for both, `make strong`, the difference is {more}",
        f"Of {images // 4} digits of the test set, with the first seed: shifted by 4 pixels, "
        f"{percent('cnn', 'shift', 4)} of the digits are still read by the CNN and "
        f"{percent('ann', 'shift', 4)} by the ANN; rotated by 30 degrees, the mean of both ways, "
        f"{percent('cnn', 'rotation', 30, -30)} and {percent('ann', 'rotation', 30, -30)}",
        f"Under the 15 corruptions of MNIST-C, on {images:,} test digits and with all seeds, the "
        f"CNN errs in {100 * cnn['mean_corruption_error']:.1f} % and the ANN in "
        f"{100 * ann['mean_corruption_error']:.1f} %, "
        f"{cnn['mean_corruption_error'] / ann['mean_corruption_error']:.2f} times as often, on the "
        f"kinds that no augmentation makes in {100 * cnn['error_never_seen']:.1f} % and "
        f"{100 * ann['error_never_seen']:.1f} %; the recipes were chosen on validation images with "
        f"all fifteen. Both err most with a stripe across the digit "
        f"({stripe}) and on Canny edges, an outline in place of the stroke ({canny}). With a "
        f"{level.replace('_', ' ')} across the digit the two are level "
        f"({100 * errors.loc[level, 'cnn']:.1f} % and {100 * errors.loc[level, 'ann']:.1f} %), on "
        "every other kind the CNN errs less often",
        f"on validation the CNN so errs in {alone('cnn', 'together')} and one of its networks in "
        f"{alone('cnn', 'accuracy')}, the ANN in {alone('ann', 'together')} and "
        f"{alone('ann', 'accuracy')}",
        f"Of scikit-learn's 1,797 digits by other writers the CNN reads "
        f"{100 * cnn['uci_accuracy']:.1f} % ({100 * cnn['uci_low']:.1f} to "
        f"{100 * cnn['uci_high']:.1f} %), the ANN {100 * ann['uci_accuracy']:.1f} %",
        f"from digits with an AUROC of {cnn['auroc_noise']:.2f} (ANN {ann['auroc_noise']:.2f}), "
        f"and letters with one of {cnn['auroc_letters']:.2f} (ANN {ann['auroc_letters']:.2f})",
        f"it misreads {test['cnn']['errors']:.0f} of 10,000 test digits and a multilayer "
        f"perceptron (ANN) {test['ann']['errors']:.0f}: {100 * pair['accuracy']:.2f} percentage "
        f"points fewer (95 % interval {100 * pair['low']:.2f} to {100 * pair['high']:.2f})",
        f"It has {smaller:.0f} times fewer parameters, and takes {arithmetic:.1f} times the "
        f"arithmetic and, by processor, {longer[0]} to {longer[-1]} times the training",
        f"negative log-likelihood on test images is worse, {test['cnn']['nll']:.3f} against the "
        f"ANN's {test['ann']['nll']:.3f}, and so is its expected calibration error, "
        f"{100 * test['cnn']['ece']:.1f} against {100 * test['ann']['ece']:.1f} points; its Brier "
        f"score is better, {test['cnn']['brier']:.3f} against {test['ann']['brier']:.3f}",
        f"smoothed more, {recipes['cnn']['label_smoothing']} against "
        f"{recipes['ann']['label_smoothing']}",
        f"Means over {seeds} seeds",
        f"more accurate by {100 * pair['low']:.2f} to {100 * pair['high']:.2f} points",
        f"right on {pair['only_ann_wrong']:.0f} digits that the ANN gets wrong",
        f"wrong on {pair['only_cnn_wrong']:.0f} that it gets right",
        f"after 20 seconds of training the CNN is at {100 * after['cnn']:.1f} % on validation, the "
        f"ANN at {100 * after['ann']:.1f} %",
        f"the CNN reads {one} times as many images per second as the ANN one by one, and {many} "
        "times as many in batches of 256",
        *(
            f"{metrics['data'][part]['images']:,} {part}"
            for part in ("train", "validation", "test")
        ),
    ]


def test_the_table_is_the_metrics(pages, metrics):
    lines = result_table(metrics)
    assert all(line in pages for line in lines), "the table must be:\n" + "\n".join(lines)


def test_the_prose_is_the_metrics(pages, metrics):
    prose = " ".join(pages.split())
    missing = [claim for claim in sentences(metrics) if claim not in prose]
    assert not missing, f"the handbook lacks: {missing}"


@pytest.mark.parametrize("name", NAMES)
def test_probabilities_are_lower_than_the_share_of_right_answers(name, pages):
    bins = published_table(f"plots/tables/calibration/{name}.csv")
    confidence, accuracy = (
        np.average(bins[column], weights=bins["count"]) for column in ("confidence", "accuracy")
    )
    assert confidence < accuracy
    assert "they are lower than the share of right answers" in " ".join(pages.split())


def test_no_image_was_blank_repeated_or_in_both_parts(metrics):
    data = metrics["data"]
    assert data["dropped_from_train"] == 0 and data["in_train_and_test"] == 0
    for name in NAMES:
        assert "would be dropped; MNIST has none" in published(f"docs/models/{name}.md")


def test_the_sets_that_could_not_be_had_are_said(pages, metrics):
    others = published_table("metrics/others.csv")
    absent = others[others["status"] == "not measured"]["set"].unique()
    assert list(absent) == ["USPS", "QMNIST"]
    assert all(metrics["generalize"][name]["auroc_clothes"] is None for name in NAMES)
    said = 'USPS and QMNIST are "not measured" in the table, and the AUROC of clothes is null'
    assert said in " ".join(pages.split())
