from html.parser import HTMLParser

import pytest

from mnist import report


def figures(ann=68, cnn=37, low=0.0017, high=0.0045):
    one = {
        "accuracy": 0.99, "low": 0.98, "high": 0.995, "errors_at_99": 7, "nll": 0.03,
        "brier": 0.01, "ece": 0.02, "sd": 0.0001, "validation_minus_test": 0.001,
    }  # fmt: skip
    pair = {"accuracy": 0.0031, "only_ann_wrong": 42.3, "only_cnn_wrong": 11.3, "mcnemar_p": 0.01}
    if low is not None:
        pair |= {"low": low, "high": high}
    return {"ann": {**one, "errors": ann}, "cnn": {**one, "errors": cnn}, "cnn_minus_ann": pair}


SELECTION = {
    name: {
        "parameters": p,
        "multiply_accumulates": 5,
        "bytes": 7,
        "train_minus_validation": 0.001,
    }
    for name, p in {"ann": 1800, "cnn": 100}.items()
}


@pytest.mark.parametrize(
    ("test", "begins", "says"),
    [
        (figures(), "The CNN. It errs 1.8 times less often than the ANN", "right on 42 digits"),
        (figures(), "The CNN.", "0.17 to 0.45)"),
        (figures(30, 60, -0.004, -0.002), "The ANN. It errs 2.0 times", "wrong on 42 that"),
        (figures(60, 58, -0.001, 0.002), "No difference shown", "-0.10 to +0.20 points"),
        (figures(60, 58, 0.0, 0.002), "No difference shown", "58 against 60 errors"),
        (figures(low=None), "One seed does not decide.", "the ANN 68, the CNN 37 errors in 10,000"),
        (figures(5, 0), "The CNN. It does not err: 0 against 5 errors", "a lead of 0.31"),
    ],
)
def test_the_answer_names_a_winner_only_where_the_interval_leaves_out_zero(test, begins, says):
    words = report.answer(test, 10_000)
    assert words.startswith(begins) and says in words


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def pictures():
    named = set(report.Template(report.TEMPLATE.read_text(encoding="utf-8")).get_identifiers())
    words = {"answer", "cells", "n"}
    words |= {
        f"{m}_{w}"
        for m in ("ann", "cnn")
        for w in ("errors", "errors_at_99", "gap", "macs", "parameters")
    }
    return dict.fromkeys(named - words, b"\x89PNG")


@pytest.fixture(scope="module")
def page(pictures):
    return report.page(figures(), SELECTION, 10_000, pictures)


def test_the_page_asks_for_nothing_outside_of_itself(page):
    sources = [
        a.get("src") or a.get("href") for _, a in Page(page).seen if {"src", "href"} & a.keys()
    ]
    assert sources and all(s.startswith("data:image/png;base64,") for s in sources)
    assert "http" not in page and "<script" not in page


def test_every_picture_has_a_text_and_every_scrolling_region_a_name_and_the_focus(page):
    seen = Page(page).seen
    assert all(a["alt"].strip() for tag, a in seen if tag == "img")
    regions = [a for _, a in seen if a.get("class") == "wide"]
    assert regions and all(a["tabindex"] == "0" and a["aria-label"] for a in regions)


def test_the_answer_stands_first_and_nothing_is_left_to_fill_in(page):
    assert page.index("The CNN. It errs") < page.index("<table") < page.index("<h2")
    assert "$" not in page and "None" not in page and "nan" not in page


def test_a_page_of_a_single_seed_has_no_spread_to_show(pictures):
    test = figures(low=None)
    del test["ann"]["sd"], test["cnn"]["sd"]
    single = report.page(test, SELECTION, 10_000, pictures)
    assert "nan" not in single and "deviation" not in single
