"""What is said of search, processes and reading at scale is what was measured."""

import json
import math

import pytest
import yaml

from helpers import handbook, published, published_table, table

NAMES = {"ann": "ANN", "cnn": "CNN"}
FOLDER = "pipelines/cluster"
CORE_HOUR = 0.05  # dollars; docs/scale.md says of what
RECKONED = 6_000_000, 60_000_000
READ = 1_000_000_000


@pytest.fixture(scope="module")
def prose():
    return " ".join(handbook().split())


@pytest.fixture(scope="module")
def scale():
    return " ".join(published("docs/scale.md").split())


@pytest.fixture(scope="module")
def params():
    return yaml.safe_load(published("params.yaml"))


@pytest.fixture(scope="module")
def search():
    return yaml.safe_load(published(f"{FOLDER}/params.yaml"))["search"]


@pytest.fixture(scope="module")
def found():
    return json.loads(published(f"{FOLDER}/metrics/search.json"))


@pytest.fixture(scope="module")
def processes():
    lines = table("processes")
    return lines.set_index(["model", "processes", "seed"]).sort_index()


@pytest.fixture(scope="module")
def reading():
    return table("scoring")


def said(claims, text):
    missing = [claim for claim in claims if claim not in text]
    assert not missing, "\n".join(missing)


def test_the_committed_trials_are_those_that_were_asked_for(search, found):
    trials = published_table(f"{FOLDER}/metrics/search.csv")
    for name in NAMES:
        numbers = trials[trials["model"] == name]["trial"]
        assert sorted(numbers) == list(range(search["trials"]))
        assert found[name]["trials"] == search["trials"] >= 20


def test_what_is_said_of_the_search(search, found, prose):
    claims = [
        f"Of {search['trials']} trials of each model, of {search['images']:,} training images and "
        f"{search['epochs']} epochs"
    ]
    for name in NAMES:
        both = found[name]["confirmed"]
        best, own = (100 * both[key]["accuracy"] for key in ("best", "default"))
        points = [100 * both["accuracy_difference"][key] for key in ("difference", "low", "high")]
        claims.append(
            f"the {NAMES[name]} {best:.2f} % on validation and {own:.2f} % with params.yaml's, a "
            f"difference of {points[0]:.2f} points ({points[1]:.2f} to {points[2]:.2f})"
        )
        # "a lower loss, but not fewer errors by more than chance"
        assert both["accuracy_difference"]["low"] < 0 < both["accuracy_difference"]["high"]
        assert both["loss_difference"]["high"] < 0
    assert search["seed"] not in search["confirm"] and len(search["confirm"]) == 3
    said(claims, prose)


def test_what_is_said_of_two_processes(processes, prose, params):
    claims, lines = [], processes["validation_accuracy"]
    for name in ("cnn", "ann"):
        one, two = (100 * lines[name, count] for count in (1, 2))
        assert len(one) == len(two) == len(params["seeds"])
        assert abs(one.mean() - two.mean()) < 0.1
        seconds = processes["seconds"]
        ratio = (seconds[name, 2] / seconds[name, 1]).median()
        claims.append(
            f"the {NAMES[name]}'s training takes {ratio:.1f} times as long, and ends at "
            f"{two.mean():.2f} % on validation, in one process at {one.mean():.2f} %"
        )
    said(claims, prose)


def test_the_table_of_the_queue_is_what_it_left(prose):
    lines = table("queue").sort_values("learning_rate")
    assert len(lines) >= 4
    rows = [
        f"| {line.learning_rate:g} | {100 * line.validation_accuracy:.2f} % |"
        for line in lines.itertuples()
    ]
    best, worst = lines["validation_accuracy"].max(), lines["validation_accuracy"].min()
    held = json.loads(published("metrics/data.json"))["validation"]["images"]
    assert 1.96 * math.sqrt(2 * worst * (1 - worst) / held) > best - worst
    points, images = f"{100 * (best - worst):.2f}", f"{(best - worst) * held:.0f} of {held:,}"
    words = f"The best and the worst are {points} points apart, {images} images"
    said([*rows, f"{words}: less than one seed can tell"], prose)


def rates(reading):
    """Return images a second of the plain loop and of one and two workers, medians of rounds."""
    fixed = reading[reading["images"] == 20_000]
    assert (fixed.groupby("workers")["round"].nunique() == 3).all()
    return fixed.groupby("workers")["rate"].median()


def test_what_is_said_of_reading(reading, prose):
    rate, images = rates(reading), reading["images"].sort_values().unique()
    memory = reading[reading["workers"] == 2].groupby("images")["mebibytes"].max()
    assert images.tolist() == [10_000, 20_000, 100_000, 1_000_000]
    assert (reading["mebibytes"] < 2048).all() and rate[1] >= 0.8 * rate[0]
    assert memory[1_000_000] < 1.2 * memory[10_000]
    said(
        [
            f"20,000 images of 28 × 28 are read at {rate[0]:.0f} a second by a plain loop, at "
            f"{rate[1]:.0f} by one worker and {rate[2]:.0f} by two, Ray's start included",
            f"Memory is {memory[10_000]:,.0f} MiB for ten thousand images and "
            f"{memory[1_000_000]:,.0f} MiB for a million",
        ],
        prose,
    )


def hours(seconds):
    return f"{seconds / 3600:,.1f} h" if seconds >= 3600 else f"{seconds:,.0f} s"


def money(dollars):
    return f"{dollars:,.2f} $" if dollars >= 0.01 else "< 0.01 $"


def size(count):
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def training_rows(params):
    """Return the rows of the table of docs/scale.md on training, measured and then estimated."""
    lines = table("scale").set_index(["model", "images"]).astype(float, errors="ignore")
    cores = params["compute"]["threads"]
    counts = sorted({count for _, count in lines.index})
    largest = counts[-1]
    for count in (*counts, *RECKONED):
        cells = [f"{count:,}" if count <= largest else f"{count:,}, estimated"]
        for name in NAMES:
            per_image = lines.loc[(name, min(count, largest)), "seconds"] / min(count, largest)
            epoch, epochs = per_image * count, params[name]["epochs"]
            whole = epoch * epochs
            cells += [hours(epoch), hours(whole), money(whole / 3600 * cores * CORE_HOUR)]
        cells.append(size(784 * count))
        yield f"| {' | '.join(cells)} |"


def test_the_table_of_training_at_scale(params, scale):
    said(training_rows(params), scale)
    lines = table("scale")
    for name in NAMES:
        memory = lines[lines["model"] == name].set_index("images")["mebibytes"].astype(float)
        assert memory[600_000] < memory[60_000] + 100  # the order alone is 8 bytes for each image
        said([f"The {NAMES[name]} needs {memory[60_000]:.0f} and {memory[600_000]:.0f} MiB"], scale)


def reading_rows(reading):
    """Return the rows of the table of docs/scale.md on reading, measured and then estimated."""
    two = reading[reading["workers"] == 2].groupby("images").median(numeric_only=True)
    for images in (*two.index, READ):
        line = two.loc[min(images, two.index[-1])]
        seconds = images / line["rate"]
        cells = [f"{images:,}" if images < READ else f"{images:,}, estimated"]
        cells += [hours(seconds), f"{line['rate']:.0f}"]
        cells.append(f"{line['mebibytes']:,.0f} MiB" if images < READ else "")
        cells += [money(2 * seconds / 3600 * CORE_HOUR), size(images * line["bytes_per_row"])]
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |")


def test_the_table_of_reading_at_scale(reading, scale):
    said(reading_rows(reading), scale)
