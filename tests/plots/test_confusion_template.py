import json
import re
from itertools import product

import pytest
import vl_convert

from helpers import ROOT

TEMPLATE = (ROOT / ".dvc" / "plots" / "confusion_counts.json").read_text(encoding="utf-8")
CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Ankle boot"]


def drawn(classes, errors):
    """Return the SVG of a table as DVC hands it over, where only some cells have errors."""
    rows = [
        {"true": a, "predicted": b, "count": str(900.5 if a == b else errors.get((a, b), 0.0))}
        for a, b in product(classes, classes)
    ]
    rows = [{**row, "rev": "workspace"} for row in rows]
    text = TEMPLATE.replace('"<DVC_METRIC_DATA>"', json.dumps(rows))
    return vl_convert.vegalite_to_svg(
        json.loads(text.replace("<DVC_METRIC_TITLE>", "Title")), vl_version="5.21"
    )


@pytest.mark.parametrize("classes", [list("0123456789"), CLOTHES], ids=["digits", "clothes"])
def test_classes_stand_in_their_order_on_both_axes(classes):
    last, first = classes[-1], classes[0]
    svg = drawn(classes, {(first, last): 7.25, (last, classes[1]): 3.0})
    words = [word for word in re.findall(r">([^<>]+)</text>", svg) if word in classes]
    assert words[: 2 * len(classes)] == classes * 2  # then what is in the cells and in the legend


def test_right_answers_and_errors_are_written_and_nothing_else():
    svg = drawn(["cat", "dog"], {("cat", "dog"): 7.25})
    cells = re.findall(r'<text aria-label="[^"]*mean over seeds[^"]*"[^>]*>([^<]+)<', svg)
    assert sorted(cells) == ["7.3", "901", "901"]  # means over seeds are no whole numbers


def test_only_errors_are_coloured_the_most_frequent_most():
    svg = drawn(["0", "1", "2"], {("0", "1"): 1.0, ("1", "2"): 8.0})
    cells = r'<path aria-label="[^"]*mean over seeds: ([\d.]+)" [^>]*?(?:fill="rgb\((\d+)[^"]*")?/>'
    reds = {count: int(red or 255) for count, red in re.findall(cells, svg)}
    assert reds["900.5"] == reds["0"] == 255 > reds["1"] > reds["8"]
