"""What the benchmarks have measured is of the committed recipes, and is what is said of it."""

import numpy as np
import pandas as pd
import pytest
import yaml

import ablation
import learning
from helpers import handbook, published, published_table, table


def test_the_committed_ablation_is_that_of_the_committed_recipes(settings):
    lines, recipes = table("ablation"), ablation.plan(settings)
    for line in lines.itertuples():
        recipe = recipes[line.model, line.change]
        assert line.recipe == learning.digest(*recipe), (line.model, line.change)
    done = {(line.model, line.change, line.seed) for line in lines.itertuples()}
    assert all((model, "as it is", seed) in done for model, _, seed in done)


def test_the_committed_effects_are_those_of_the_committed_lines():
    effects = table("effects")
    times = {(row.model, row.change): row.time for row in effects.itertuples()}
    again = ablation.effects(table("ablation"), times)
    pd.testing.assert_frame_equal(again, effects, check_dtype=False)


def test_a_row_from_another_processor_is_named():
    machines = table("ablation").groupby(["model", "change"])["machine"].agg(set)
    own = machines.xs("as it is", level="change")
    other = [
        (model, change) for model, change in machines.index if machines[model, change] != own[model]
    ]
    assert other == [("ann", "twice the batch")]
    said = 'the ANN\'s "twice the batch" alone is from another processor'
    assert said in " ".join(published("benchmarks/README.md").split())


@pytest.mark.parametrize("name", ["ann", "cnn"])
def test_our_lines_among_the_peers_are_the_pipeline_s(name):
    lines = table("peers").query("network == @name")
    scored = published_table("metrics/seeds.csv")
    scored = scored.query("model == @name and part == 'test'")
    assert lines["test_accuracy"].tolist() == scored["accuracy"].tolist()
    curves = published_table(f"plots/tables/curves/{name}.csv")
    each = [list(map(float, line.split())) for line in lines["validation_accuracies"]]
    assert np.mean(each, axis=0) == pytest.approx(curves["validation_accuracy"].tolist(), abs=1e-5)


def test_every_network_has_several_seeds_and_a_cost():
    assert (table("peers").groupby("network")["seed"].nunique() >= 2).all()
    assert set(table("costs")["network"]) == set(table("peers")["network"])


@pytest.mark.parametrize(("name", "budget"), [("ann", 6), ("cnn", 12)])
def test_a_training_costs_no_more_than_its_budget_of_runs_of_train_mnist_fast(
    name, budget, settings
):
    costs = table("costs").set_index("network")["ratio"].astype(float)
    assert settings[name]["epochs"] * costs[name] <= budget


def reached(lines, target):
    """Return the median over seeds of the epochs to a validation accuracy, or None."""
    each = [[float(a) >= target for a in line.split()] for line in lines["validation_accuracies"]]
    return None if not all(map(any, each)) else np.median([1 + line.index(True) for line in each])


NAMES = {
    "train_mnist_fast": "train_mnist_fast",
    "pytorch_examples": "pytorch/examples",
    "ann": "our ANN",
    "cnn": "our CNN",
}


def peer_rows():
    """Return the table of the handbook, from the committed lines, in runs of train_mnist_fast."""
    costs = table("costs").set_index("network")["ratio"].astype(float)
    for network, name in NAMES.items():
        lines = table("peers").query("network == @network")
        epochs = len(lines["validation_accuracies"].iloc[0].split())
        cells = [name, str(len(lines)), str(epochs), f"{epochs * costs[network]:.1f}"]
        for target in (0.99, 0.995):
            needed = reached(lines, target)
            cells.append("not reached" if needed is None else f"{needed * costs[network]:.1f}")
        cells.append(f"{100 * lines['test_accuracy'].astype(float).mean():.2f} %")
        yield f"| {' | '.join(cells)} |"


def test_the_readme_s_table_of_peers_is_what_was_measured():
    rows = list(peer_rows())
    assert all(row in handbook() for row in rows), "\n".join(rows)


def effect_rows():
    """Return the table of benchmarks/README.md, from the committed effects."""
    effects = {(row.change, row.model): row for row in table("effects").itertuples()}
    recipes = ablation.plan(yaml.safe_load(published("params.yaml")))
    for change in dict.fromkeys(change for change, _ in effects):
        cells = [change]
        for name in ("ann", "cnn"):
            if row := effects.get((change, name)):
                cells.append(f"{row.effect:+.2f} ({row.low:+.2f} to {row.high:+.2f})")
                corrupted = round(row.corrupted_effect, 1) + 0.0  # no -0.0
                cells += [f"{corrupted:+.1f}", f"{row.time:.2f}", str(row.seeds)]
            else:
                cells += ["not run yet" if (name, change) in recipes else "as it is", "", "", ""]
        yield f"| {' | '.join(cells)} |"


def test_the_note_s_table_of_effects_is_what_was_measured():
    rows = list(effect_rows())
    assert all(row in published("benchmarks/README.md") for row in rows), "\n".join(rows)


def test_the_recipes_err_as_is_said_without_a_change():
    lines = table("ablation").query("change == 'as it is'")
    ann, cnn = (
        f"{np.mean([len(each.split()) for each in group]):.1f}"
        for _, group in lines.groupby("model")["wrong"]
    )
    said = f"err on {ann} of these 10,000 images (ANN) and on {cnn} (CNN), means of two seeds"
    assert said in " ".join(published("benchmarks/README.md").split())
    assert lines["seed"].nunique() == 2


def test_the_same_recipe_and_seed_differ_little_from_one_table_to_another():
    each = [
        table("ablation"),
        published_table("benchmarks/answer/levers.csv", keep_default_na=False),
    ]
    first, second = (
        lines.query("change == 'as it is'").set_index(["model", "seed"])["validation_accuracy"]
        for lines in each
    )
    differences = (first.astype(float) - second.astype(float)).dropna().abs()
    assert len(differences) == 4 and differences.max() < 0.001
    text = " ".join(published("benchmarks/README.md").split())
    assert "may differ by some hundredths of a point between two of them" in text


def test_no_change_of_the_cnn_shows_an_effect_on_clean_images_and_dropout_harms_the_ann():
    effects = table("effects").set_index(["model", "change"])
    cnn = effects.loc["cnn"]
    assert (cnn["low"] <= 0).all() and (cnn["high"] >= 0).all()
    assert effects.loc[("ann", "dropout 0.5"), "low"] > 0
    assert effects.loc[("ann", "dropout 0.2"), "low"] < 0
    standard = effects.query("change in ['no label smoothing', 'no weight averaging']")
    assert (standard["low"] <= 0).all() and (standard["high"] >= 0).all()


def handwriting_rows():
    """Return the table of benchmarks/README.md, from the committed measurement."""
    found = table("handwriting").set_index(["set", "part", "model"])
    for name, part in dict.fromkeys((name, part) for name, part, _ in found.index):
        ann, cnn = (found.loc[(name, part, model)] for model in ("ann", "cnn"))
        people = f"{float(ann['people']):.0f}" if ann["people"] else ""
        cells = [name, part, ann["images"], people, ann["refused"], ann["apart"]]
        cells += [f"{100 * row[of]:.1f} %" for of in ("accuracy", "together") for row in (ann, cnn)]
        yield f"| {' | '.join(map(str, cells))} |"


def test_the_note_s_table_of_other_people_s_digits_is_what_was_measured():
    rows = list(handwriting_rows())
    assert all(row in published("benchmarks/README.md") for row in rows), "\n".join(rows)
