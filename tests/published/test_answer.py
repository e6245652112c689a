"""docs/answer.md and README.md say what was measured, and it was measured as they say."""

import pandas as pd
import pytest
from scipy.stats import t

import ablation
import answer
import labels
import learning
import levers
import sizes
import small
import speed
import strong
from helpers import PUBLISHED, ROOT, published, run, table
from mnist.core import params

FOUND = run("git", "ls-tree", "-r", "--name-only", PUBLISHED, "benchmarks", cwd=ROOT).split()


@pytest.mark.parametrize("path", answer.PAGES)
def test_a_page_has_the_sentences_and_tables_of_the_committed_figures(path, read):
    text = published(path)
    assert answer.BLOCK.search(text)
    assert answer.filled(text, read) == text, "run benchmarks/answer.py"


def test_the_pages_have_every_block_whose_table_is_committed():
    pages = [published(path) for path in answer.PAGES if path != "README.md"]
    found = [match[2] for page in pages for match in answer.BLOCK.finditer(page)]
    wanted = [
        name
        for name, (_, each) in answer.BLOCKS.items()
        if answer.path(each.removesuffix("_runs")).as_posix() in FOUND
    ]
    assert sorted(found) == sorted(wanted)


def test_the_labels_were_learnt_by_the_committed_recipes(settings, read):
    lines = read("labels_runs")
    for row in lines.to_dict("records"):
        recipe = labels.recipe_for(tuple(row[key] for key in labels.KEY), settings, 50_000)
        assert row["recipe"] == learning.digest(*recipe)
    assert len(lines) == len(list(labels.plan(settings, 50_000)))


def test_the_sizes_were_learnt_by_the_committed_recipes(settings, read):
    lines = read("sizes_runs")
    for row in lines.itertuples():
        recipe = {**settings[row.model], "widths": [int(each) for each in row.widths.split()]}
        assert row.recipe == learning.digest(recipe, settings["augment"])
        assert row.parameters <= row.size


def test_the_small_cnns_are_those_of_the_code(settings, read):
    lines = read("small")
    for row in lines.itertuples():
        recipe, augment = small.recipe_for(row.variant, settings, 10)
        assert row.recipe == learning.digest(recipe, augment)
        assert row.parameters <= small.SIZE and row.epochs == recipe["epochs"]
    searched = lines[lines["seed"] == small.FIRST].set_index("variant")["errors"]
    assert list(searched.index) == list(small.VARIANTS)
    others = lines[lines["seed"] != small.FIRST]
    assert set(others["variant"]) == {searched.idxmin()}
    assert list(others["seed"]) == list(small.SEEDS)


def test_the_small_cnn_was_lucky_when_it_was_chosen(page, read):
    lines = read("small")
    errors = lines[lines["variant"] == lines["variant"].iloc[-1]].set_index("seed")["errors"]
    assert errors[small.FIRST] / learning.HELD <= 0.005
    assert errors.drop(small.FIRST).min() / learning.HELD > 0.005
    assert "the seed that chose was at 99.5 %, and none of the other three" in page


def test_the_levers_moved_the_committed_recipes(settings, read):
    lines = read("levers")
    for row in lines.itertuples():
        change, _ = levers.levers(settings, list)[row.model, row.change]
        assert row.recipe == learning.digest(*strong.changed(settings, row.model, change))
    again = levers.effects(lines, params.models(settings))
    pd.testing.assert_frame_equal(again, read("levers_effects"), check_dtype=False)
    assert (again["seeds"] == len(ablation.SEEDS)).all()
    assert len(again) == len(levers.levers(settings, list)) - len(params.models(settings))


def test_no_lever_helps_on_clean_images_and_some_do_on_corrupted_ones(page, read):
    effects, lines = (
        table.assign(change=table["change"].str.partition(",")[0])  # Muon, whatever its peak
        for table in map(read, ("levers_effects", "levers"))
    )
    effects = effects.set_index(["model", "change"])
    assert (effects["high"] > 0).all()
    assert "None lowers the error on clean images by more than chance" in page
    assert ((effects["high"] - effects["low"]) / 2).min() > 0.10
    assert "an effect of less than 0.10 points could not be told from chance" in page
    far = lines.pivot(index=["model", "change"], columns="seed", values="corrupted_accuracy")
    plain = far.xs("as it is", level="change")
    gains = far.sub(plain.reindex(far.index.get_level_values("model")).to_numpy())
    better, worse = (set(gains.index[(sign * gains > 0).all(axis=1)]) for sign in (1, -1))
    cheap, costly = {("ann", "23 epochs")}, {("ann", "distilled from three CNNs"), ("ann", "Muon")}
    assert better == cheap | costly | {("cnn", "Muon")}
    assert {("ann", "4 × 4 elastic grid"), ("cnn", "4 × 4 elastic grid")} <= worse
    assert (effects.loc[[*cheap], "time"] < 4).all() and (effects.loc[[*costly], "time"] >= 4).all()
    assert "of these only more epochs cost the ANN less than four times the training" in page


def test_both_families_had_the_same_search(read):
    lines = sizes.complete(read("sizes_runs"))
    assert set(lines["size"]) == set(sizes.SIZES)
    searched = lines.query("seed == 0").groupby(["model", "size"])["shape"].apply(list).unstack()
    assert searched.map(len).eq(3).all(axis=None) and not searched.isna().any(axis=None)
    reported = lines.query("seed != 0").groupby(["model", "size"])["seed"].nunique().unstack()
    assert reported.eq(len(sizes.SEEDS)).all(axis=None) and len(reported.columns) >= 7


@pytest.mark.parametrize("module", [labels, sizes])
def test_the_points_are_those_of_the_runs(module, read):
    name = module.__name__
    again = module.points(read(f"{name}_runs"), learning.HELD)
    pd.testing.assert_frame_equal(again, read(name), check_dtype=False)


def test_all_training_images_were_learnt_with_the_committed_recipes(settings, read):
    lines = read("refit")
    for row in lines.itertuples():
        assert row.recipe == learning.digest(settings[row.model], settings["augment"])
    assert set(lines["images"]) == {60_000}
    assert (lines.groupby("model")["seed"].nunique() >= 5).all()


def test_no_kind_of_corruption_differs_by_more_than_chance(page, read):
    found = read("mnist_c")
    assert (found["difference_low"] <= 0).all() and (found["difference_high"] >= 0).all()
    assert (found["images"] == 10_000).all() and (found.groupby("model").size() == 16).all()
    most = found[["difference_low", "difference_high"]].abs().to_numpy().max()
    assert f"no interval leaves room for more than {100 * most:.2f} points" in page
    assert "No kind differs by more than chance, and" in page


def test_the_intervals_beside_the_size_that_the_cnn_needs_overlap(page, read):
    points = read("sizes").set_index("model")
    ann, cnn = points.loc["ann"], points.loc["cnn"].sort_values("size")
    lowest = ann["error"].min()
    after = cnn[cnn["error"] <= lowest].iloc[0]
    before = cnn[cnn["size"] < after["size"]].iloc[-1]
    assert before["error"] > lowest and before["low"] < after["high"]
    assert "lies between two points" in page and "their intervals overlap" in page


def test_augmentation_gives_the_ann_about_what_convolution_gives(page, read):
    runs = read("labels_runs").set_index(["model", "augmented", "labels", "draw"])
    runs = runs["errors"].sort_index()
    for n in labels.LABELS[:-1]:  # the same draws, and the same images judge
        apart = runs.loc["ann", True, n] - runs.loc["cnn", False, n]
        half = t.ppf(0.975, len(apart) - 1) * apart.std(ddof=1) / len(apart) ** 0.5
        assert (abs(apart.mean()) < half) == (n <= 300), n
        assert n <= 300 or apart.mean() > half, n
    assert "up to 300 labels the ANN with augmentation and the CNN without are close" in page
    assert "from a thousand on the CNN is ahead" in page
    points = read("labels").set_index(["model", "augmented", "labels"])
    for n in labels.LABELS[:-1]:
        pair = points.loc[("cnn", True, n), "high"], points.loc[("cnn", False, n), "low"]
        assert n in (10, 10_000) or pair[0] < pair[1], n


def test_a_larger_ann_that_trains_longer_is_named(page, read):
    best = table("trials").query("model == 'ann'").set_index("change").loc["1024 wide, 40 epochs"]
    lowest = read("sizes").query("model == 'ann'")["error"].min()
    error = 1 - float(best["validation_accuracy"])
    assert error < lowest
    parameters = table("strong").set_index("model").loc["ann", "parameters"].iloc[0]
    assert f"an ANN of {int(parameters):,} parameters errs in {100 * error:.2f} %" in page


def test_by_arithmetic_the_ann_is_ahead_only_where_there_is_little(page, read):
    points = read("sizes")

    def best(most):
        rows = points[points["multiply_accumulates"] < most]
        return rows.groupby("model")["error"].min()

    assert best(100_000)["ann"] < best(100_000)["cnn"]
    assert best(1_000_000)["cnn"] < best(1_000_000)["ann"]
    assert "with fewer than 100,000 multiply-accumulates for an image the ANN is ahead" in page


def test_constants_in_the_prose_are_those_of_the_code(page):
    assert f"down to {labels.FEWEST} steps" in page
    assert f"a median over {'ten' if speed.ROUNDS == 10 else speed.ROUNDS} rounds" in page
