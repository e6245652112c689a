"""The measurement: which digits are labelled, what is compared, and what the table says of it."""

import json

import numpy as np
import pandas as pd
import pytest

from mnist.core import files, params
from mnist.core.errors import InputError
from mnist.data import prepared
from mnist.models import ensemble
from mnist.plots import transfer
from pipelines.transfer import few_labels, few_labels_chart
from pipelines.transfer.adaptation import summary, trial
from pipelines.transfer.adaptation.summary import ADAPTED, SCRATCH, ZERO_SHOT, Trial
from pipelines.transfer.adaptation.trained import Labelled
from pipelines.transfer.adaptation.trial import Hand, Settings
from transfer import small

FEW = {"per_class": [1, 3], "draws": 3, "costly_draws": 2, "scratch_epochs": 2}


def hand(labels, rejected=(), person="a"):
    labels = np.array(labels)
    turned_down = np.isin(np.arange(len(labels)), rejected)
    digits = Labelled(np.zeros((len(labels), 28, 28), np.uint8), labels)
    return Hand("set", person, digits, turned_down)


def one(way, correct, person="a", draw=0, **more):
    return Trial("set", person, 1, draw, "cnn", way, np.array(correct, float), **more)


def test_labelled_digits_are_of_every_class_and_one_of_each_is_left():
    own = hand(np.repeat(np.arange(10), 4))
    few, more = (trial.labelled(own, n, 0) for n in (1, 3))
    assert set(few) < set(more) and np.bincount(own.digits.labels[more]).tolist() == [3] * 10
    assert trial.labelled(own, 4, 0) is None
    assert few.tolist() != trial.labelled(own, 1, 1).tolist()
    assert trial.labelled(hand(np.repeat(np.arange(9), 4)), 1, 0) is None


def test_rejected_digits_are_never_labelled_and_count_as_errors():
    own = hand(np.repeat(np.arange(10), 3), rejected=[0, 1])
    for draw in range(5):
        assert not {0, 1} & set(trial.labelled(own, 1, draw))
    assert trial.labelled(own, 2, 0) is None


def test_people_weigh_the_same_and_gains_are_on_the_same_digits():
    trials = [
        *(one(ZERO_SHOT, [1, 0, np.nan, 1, 1], draw=d) for d in range(2)),
        *(one(ADAPTED, [1, 1, np.nan, 1, 1], draw=d, factor=0.5, mnist=MNIST) for d in range(2)),
        *(one(ZERO_SHOT, [0, np.nan], person="b", draw=d) for d in range(2)),
        *(one(ADAPTED, [0, np.nan], person="b", draw=d, factor=0.0, mnist=MNIST) for d in range(2)),
    ]
    table = summary.table(trials)
    together = table[table["person"] == ""].set_index("way")
    assert together.loc[ZERO_SHOT, "accuracy"] == pytest.approx((0.75 + 0) / 2)
    assert together.loc[ADAPTED, "gain"] == pytest.approx((0.25 + 0) / 2)
    assert together.loc[ADAPTED, "gain_low"] <= 0 <= 0.125 <= together.loc[ADAPTED, "gain_high"]
    assert together.loc[ADAPTED, ["people", "draws", "factor"]].tolist() == [2, 2, 0.25]
    assert together.loc[ADAPTED, ["mnist_before", "mnist_after"]].tolist() == [20, 25]
    ends = together.loc[ADAPTED, ["mnist_rise_low", "mnist_rise_high"]].tolist()
    assert ends[0] < 5 < ends[1]
    alone = table[(table["person"] == "b") & (table["way"] == ADAPTED)].iloc[0]
    assert alone["gain"] == 0 and alone["images"] == 2
    assert ((table["low"] >= 0) & (table["high"] <= 1)).all()


MNIST = np.zeros((2, 1000), bool)
MNIST[0, :20], MNIST[1, 10:35] = True, True


@pytest.mark.parametrize("people", [[""], ["me"], ["a", "b"]])
def test_a_set_has_a_row_of_its_own_whoever_wrote_it(people):
    trials = [one(ZERO_SHOT, [1, 0], person=name, draw=d) for name in people for d in range(2)]
    rows = summary.table(trials)["person"].to_list()
    assert rows == ["", *filter(None, people)]


def test_from_scratch_is_compared_with_zero_shot_on_its_own_draws():
    trials = [one(ZERO_SHOT, [1, d > 0, np.nan], person="", draw=d) for d in range(3)]
    trials += [one(SCRATCH, [1, 0, np.nan], person="", draw=d) for d in range(2)]
    (row,) = summary.table(trials).query("way == @SCRATCH").to_dict("records")
    assert row["accuracy"] == 0.5 and row["gain"] == -0.25 and row["draws"] == 2


def test_an_interval_over_draws_and_images_is_like_that_of_a_proportion():
    generator = np.random.default_rng(0)
    once = (generator.random(1000) < 0.9).astype(float)
    low, high = summary.over_draws_and_images(np.stack([once] * 5))
    half = 1.96 * np.sqrt(once.mean() * (1 - once.mean()) / 1000)
    assert (low, high) == pytest.approx((once.mean() - half, once.mean() + half), abs=0.004)
    partly = np.stack([once] * 5)
    partly[generator.random(partly.shape) < 0.5] = np.nan
    wider = summary.over_draws_and_images(partly)
    assert wider[0] < np.nanmean(partly) < wider[1]


@pytest.fixture
def project(tmp_path, digits, monkeypatch):
    small.make(tmp_path, *digits)
    monkeypatch.chdir(tmp_path)
    for cached in (trial.model, trial.mnist_test):
        cached.cache_clear()
    yield tmp_path
    for cached in (trial.model, trial.mnist_test):
        cached.cache_clear()


def test_digits_that_the_networks_learnt_are_no_other_hand(project):
    about = files.read_json(prepared.DATASET)
    files.write_json(prepared.DATASET, about | {"name": "optdigits"})
    with pytest.raises(InputError, match=r"learnt optdigits, .*--people"):
        few_labels.hands([])


def test_what_is_read_rightly_counts_unless_it_is_rejected_or_not_asked(project, digits):
    images, labels = digits[0][1497:], digits[1][1497:]
    networks = trial.model("ann", tuple(small.SEEDS)).networks
    right = ensemble.predict(networks, images).argmax(1) == labels
    assert right[:3].all() and right.mean() > 0.7
    rejected, asked = np.arange(300) == 1, np.arange(300) != 2
    found = trial.correct(networks, Hand("set", "", Labelled(images, labels), rejected), asked)
    assert found[:2].tolist() == [1, 0] and np.isnan(found[2])
    assert (found[3:] == right[3:]).all()


def test_a_trial_asks_all_ways_of_the_same_digits(project, digits):
    images, labels = digits
    own = Hand("set", "", Labelled(images[1497:], labels[1497:]), np.zeros(300, bool))
    settings = Settings(("ann",), tuple(small.SEEDS), small.AUGMENT, small.CNN, FEW)
    networks = trial.model("ann", tuple(small.SEEDS)).networks
    known = {"ann": trial.correct(networks, own)}
    found = trial.trials(settings, own, known, 3, 0)
    assert [each.way for each in found] == [ZERO_SHOT, ADAPTED, SCRATCH]
    left = [np.isfinite(each.correct) for each in found]
    assert left[0].sum() == 270 and (left[0] == left[1]).all() and (left[0] == left[2]).all()
    assert found[1].mnist.shape == (2, 247) and found[1].factor is not None
    assert [each.way for each in trial.trials(settings, own, known, 3, 2)] == [
        ZERO_SHOT,
        ADAPTED,
    ]
    assert trial.trials(settings, own, known, 100, 0) == []


@pytest.mark.slow
def test_the_table_is_the_same_whatever_the_number_of_processes(project, digits):
    images, labels = digits
    np.savez("own.npz", x=images[1497:1597], y=labels[1497:1597], writer=np.arange(100) % 2)
    given = {"seeds": small.SEEDS, "models": ["ann"], "augment": small.AUGMENT, "cnn": small.CNN}
    few, found = FEW | {"per_class": [1], "draws": 2}, []
    for threads in (1, 2):
        compute = {**small.COMPUTE, "threads": threads}
        few_labels.main(**given, compute=compute, few_labels=few, people=["own.npz"])
        found.append((project / summary.PEOPLE).read_bytes())
    assert found[0] == found[1]
    assert not (project / summary.TABLE).exists()
    few = few | {"per_class": [500]}
    with pytest.raises(InputError, match=r"^nobody has over 500 of every digit; lower few_labels"):
        few_labels.main(**given, compute=small.COMPUTE, few_labels=few, people=["own.npz"])


def test_people_are_told_apart_by_name(project, digits):
    small.photos(project / "mine", *digits, 2)
    np.savez("two.npz", x=digits[0][:40], y=digits[1][:40], writer=np.arange(40) % 2)
    found = few_labels.hands(["mine", "two.npz"])
    assert [(each.set, each.person) for each in found] == [("mine", ""), ("two", "0"), ("two", "1")]
    with pytest.raises(InputError, match=r"^--people: two sets are called mine; rename one$"):
        few_labels.hands(["mine", "mine/"])
    with pytest.raises(InputError, match=r"^none is not there"):
        few_labels.hands(["none"])


@pytest.mark.slow
def test_without_people_it_is_scikit_learns_digits(project):
    (own,) = few_labels.hands([])
    assert len(own.digits.labels) == 1797 and own.person == "" and not own.rejected.any()


def test_the_committed_parameters_are_accepted_and_wrong_ones_named(tmp_path):
    from helpers import ROOT

    committed = params.read(ROOT / few_labels.PARAMS)
    params.check({"few_labels": committed["few_labels"]}, few_labels.ACCEPTED)
    wrong = {"few_labels": {**FEW, "draws": 1}}
    with pytest.raises(InputError, match=r"few_labels.draws is 1, .*; mend here.yaml"):
        params.check(json.loads(json.dumps(wrong)), few_labels.ACCEPTED, "here.yaml")


def test_the_chart_knows_the_ways_by_the_names_that_the_tables_give_them():
    assert {ZERO_SHOT, ADAPTED, SCRATCH} == transfer.WAYS.keys()


def test_the_tables_are_drawn_with_those_of_people_where_there_are_any(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    summary.METRICS.mkdir(parents=True)
    both = [one(w, [1, 0, 1, d], person="", draw=d) for w in (ZERO_SHOT, SCRATCH) for d in (0, 1)]
    table = summary.table(both)
    table.to_csv(summary.TABLE, index=False)
    few_labels_chart.main(["ann", "cnn"])
    alone = few_labels_chart.PICTURE.read_bytes()
    pd.DataFrame(table).assign(set="swiss").to_csv(summary.PEOPLE, index=False)
    few_labels_chart.main(["ann", "cnn"])
    assert len(few_labels_chart.PICTURE.read_bytes()) > len(alone)
