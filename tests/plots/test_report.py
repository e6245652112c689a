from html.parser import HTMLParser
from itertools import combinations, permutations

import pytest

from mnist.plots.page import report

CLOTHES = ["T-shirt/top", "Bag & <case>"]
FIXED = ("errors", "learning_curves", "dropout", "ablation", "spending", "peers", "file_sizes")
FIXED += ("calibration", "backbones", "few_labels")
FIXED += ("geometry", "corruption_errors", "corruptions", "confusion", "all_wrong")
FIXED += ("doubtful_labels", "confused_pairs", "attention", "labels", "sizes", "budgets")
SAID = {"labels": "Few labels <say> this.", "sizes": "Sizes say that.", "budgets": "So do seconds."}


def metrics(models, seeds=3):
    test, selection, generalize = {}, {}, {}
    for nth, model in enumerate(models):
        test[model] = {
            "accuracy": 0.99, "low": 0.98, "high": 0.995, "errors": 70 - 10 * nth, "ece": 0.02,
            "errors_at_99": 7, "nll": 0.03, "brier": 0.01, "validation_minus_test": 0.001,
        }  # fmt: skip
        if seeds > 1:
            test[model]["sd"] = 0.0001
        selection[model] = {"parameters": 1800, "multiply_accumulates": 5, "bytes": 7}
        selection[model]["train_minus_validation"] = 0.001
        generalize[model] = {"mean_corruption_error": 0.1, "error_never_seen": 0.2}
        generalize[model] |= {"auroc_letters": 0.9, "auroc_clothes": None}
    for a, b in combinations(models, 2):
        test[f"{b}_minus_{a}"] = {"accuracy": 0.001, f"only_{a}_wrong": 20, f"only_{b}_wrong": 10}
        if seeds > 1:
            test[f"{b}_minus_{a}"] |= {"low": 0.0005, "high": 0.002}
    return {"test": test, "selection": selection, "generalize": generalize}


def pictures(models):
    pairs = [f"{a}_wrong_{b}_right" for a, b in permutations(models, 2)]
    return dict.fromkeys((*FIXED, *pairs, "misclassified_x", "predictions"), b"\x89PNG")


def page(models=("ann", "cnn"), digits=True, found=None, classes=CLOTHES):
    about = {"name": "fashion_mnist", "classes": classes, "digits": digits}
    return report.page(found or metrics(models), models, 10_000, pictures(models), SAID, **about)


MANY = [("cnn",), ("ann", "cnn"), ("ann", "cnn", "lenet"), ("a", "b", "c", "d")]


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("models", MANY)
def test_the_page_asks_for_nothing_outside_of_itself(models):
    text = page(models)
    seen = Page(text).seen
    sources = [a["src"] for _, a in seen if "src" in a]
    assert sources and all(s.startswith("data:image/png;base64,") for s in sources)
    assert all(a["href"].startswith("#") for _, a in seen if "href" in a)
    assert "http" not in text and "<script" not in text


@pytest.mark.parametrize("models", MANY)
def test_every_picture_has_a_text_and_every_scrolling_region_a_name_and_the_focus(models):
    seen = Page(page(models)).seen
    texts = [a["alt"].strip() for tag, a in seen if tag == "img"]
    assert texts and all(texts)
    regions = [a for _, a in seen if a.get("class") == "wide"]
    assert regions and all(a["tabindex"] == "0" and a["aria-label"] for a in regions)


@pytest.mark.parametrize("digits", [True, False])
def test_the_contents_lead_to_every_heading_and_nowhere_else(digits):
    seen = Page(page(digits=digits)).seen
    headings = [a["id"] for tag, a in seen if tag == "h2"]
    assert [a["href"] for tag, a in seen if tag == "a"] == [f"#{name}" for name in headings]
    assert len(set(headings)) == len(headings) > 10


def test_every_picture_can_be_enlarged_by_mouse_and_by_keyboard():
    seen = Page(page()).seen
    assert any(tag == "img" for tag, _ in seen)
    for nth, (tag, _) in enumerate(seen):
        if tag == "img":
            (box, label), (outer, look) = seen[nth - 1], seen[nth - 2]
            assert (outer, look["class"], box, label["type"]) == (
                "label",
                "zoom",
                "input",
                "checkbox",
            )
            assert label["aria-label"]


def test_what_the_curves_say_stands_under_them():
    written = " ".join(Page(page()).texts)
    assert all(words in written for words in SAID.values())


@pytest.mark.parametrize("digits", [True, False])
@pytest.mark.parametrize("models", MANY)
def test_the_answer_stands_first_and_nothing_is_left_to_fill_in(models, digits):
    text = page(models, digits)
    assert text.index('class="answer"') < text.index("<table") < text.index("<h2")
    assert "$" not in text and "None" not in text and "nan" not in text


@pytest.mark.parametrize("models", MANY)
def test_the_page_has_a_column_for_each_model_and_two_galleries_for_each_pair(models):
    text = page(models)
    heads = [a for tag, a in Page(text).seen if tag == "th" and a["scope"] == "col"]
    assert len(heads) == 2 * len(models)
    for first, second in permutations(models, 2):
        names = f"{first.upper()} gets wrong and the {second.upper()} right, at most"
        assert text.count(f'alt="What the {names}') == 1
    assert text.count("gains over the") == len(models) * (len(models) - 1)
    assert len([tag for tag, _ in Page(text).seen if tag == "img"]) == len(FIXED) + len(
        list(permutations(models, 2))
    )


@pytest.mark.parametrize(
    ("models", "digits", "title"),
    [
        (("ann", "cnn"), True, "CNN or ANN for handwritten digits?"),
        (("ann", "cnn"), False, "CNN or ANN for fashion_mnist?"),
        (("ann", "cnn", "lenet"), False, "LENET, CNN or ANN for fashion_mnist?"),
        (("cnn",), True, "How good is the CNN at handwritten digits?"),
    ],
)
def test_the_title_asks_about_the_models_and_the_data_set(models, digits, title):
    text = page(models, digits)
    assert f"<title>{title}</title>" in text and f"<h1>{title}</h1>" in text


def test_what_is_no_digit_is_an_image_of_a_named_class():
    written = " ".join(Page(page(digits=False)).texts)
    assert "digit" not in written.replace("on digits of other writers", "")
    assert "T-shirt/top, Bag & <case>" in written
    assert "errors in 10,000 test images" in written
    assert "T-shirt/top" not in page(digits=True)


def test_models_that_the_page_is_not_about_are_not_on_it():
    assert "CNN" not in page(("a", "b")) and "ANN" not in page(("a", "b"))


def test_a_page_of_a_single_seed_has_no_spread_to_show():
    single = page(found=metrics(("ann", "cnn"), seeds=1))
    assert "One seed does not decide" in single and "deviation" not in single


def test_a_figure_that_is_missing_is_a_dash_and_a_line_of_none_is_left_out():
    found = metrics(("ann", "cnn"))
    found["generalize"]["ann"]["auroc_letters"] = None
    del found["test"]["ann"]["ece"]
    text = page(found=found)
    assert "<td>–</td><td>90.00&nbsp;%</td>" in text and "<td>–</td><td>2.0 points</td>" in text
    assert "clothes" not in text


def test_the_mean_error_on_corruptions_is_told_from_that_of_the_literature():
    written = " ".join(" ".join(Page(page()).texts).split())
    assert "a plain mean over the kinds, not the mCE of Hendrycks" in written
    assert "10.00\N{NO-BREAK SPACE}%" in " ".join(Page(page()).texts)


def test_what_is_left_to_a_person_is_said():
    written = " ".join(" ".join(Page(page()).texts).split())
    assert "Errors when the least certain 1 % are left to a person" in written
    assert "on the line, confidence equals accuracy" in written


def test_a_table_has_a_line_for_each_figure_that_a_model_has():
    lines = report.rows(report.LINES, {"a": {"errors": 1234.4, "bytes": 2_690_000}, "b": {}})
    assert lines == [["Errors", "1,234", "–"], ["Weights on disk", "2.69 MB", "–"]]
