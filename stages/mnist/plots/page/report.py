"""The answer on one page, a single file that asks nothing of any other."""

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import permutations
from pathlib import Path
from string import Template

from mnist.plots.page.verdict import Figures, answer
from mnist.plots.style import colours, title

TEMPLATE = Path(__file__).with_suffix(".html")
GALLERY = """\
<figure>
<img src="{source}"
alt="What the {wrong} gets wrong and the {right} right, at most twenty {images}.">
<figcaption>What the {right} gains over the {wrong}.</figcaption>
</figure>
"""
HAND = """\
<section>
<h2>Can it learn one's own hand?</h2>
<p>A trained model is adapted to a few labelled digits of one hand, and asked on that hand's other
digits: beside the model as it was, and a new network that learnt from these digits alone.</p>
<figure>
<img src="{few_labels}"
alt="Error on other digits of the same hand against the number of labelled digits per class.">
<figcaption>Lower is better. A filled dot differs from the model as trained by more than chance.
Measured by make transfer (pipelines/transfer/metrics/few_labels.csv, few_labels_people.csv).
</figcaption>
</figure>
</section>
"""
ENLARGED = """\
<label class="zoom"><input type="checkbox" aria-label="Enlarge the picture">
{picture}</label>"""
PERCENT, POINTS = ("{:.2f} %", 100), ("{:+.2f} points", 100)
LINES = (  # of a table: a label, how values are written, their factor, and their names
    ("Test accuracy", *PERCENT, "accuracy"),
    ("95 % interval", "{:.2f} to {:.2f} %", 100, "low", "high"),
    ("Standard deviation over seeds", "{:.2f} points", 100, "sd"),
    ("Errors", "{:,.0f}", 1, "errors"),
    ("Errors when the least certain 1 % are left to a person", "{:,.0f}", 1, "errors_at_99"),
    ("Training − validation", *POINTS, "train_minus_validation"),
    ("Validation − test", *POINTS, "validation_minus_test"),
    ("Negative log-likelihood", "{:.4f}", 1, "nll"),
    ("Brier score", "{:.4f}", 1, "brier"),
    ("Expected calibration error", "{:.1f} points", 100, "ece"),
    ("Parameters", "{:,}", 1, "parameters"),
    ("Multiply-accumulates per image", "{:,}", 1, "multiply_accumulates"),
    ("Weights on disk", "{:.2f} MB", 1e-6, "bytes"),
)
FAR = (
    ("Mean error on corrupted images", *PERCENT, "mean_corruption_error"),
    ("Error on kinds seen in training, in some form", *PERCENT, "error_seen"),
    ("Error on kinds never seen in training", *PERCENT, "error_never_seen"),
    ("Accuracy on digits of other writers (UCI)", *PERCENT, "uci_accuracy"),
    ("AUROC against letters", *PERCENT, "auroc_letters"),
    ("AUROC against clothes", *PERCENT, "auroc_clothes"),
    ("AUROC against noise", *PERCENT, "auroc_noise"),
    ("AUROC against blank paper", *PERCENT, "auroc_blank"),
)


def rows(lines: Sequence[tuple], figures: Figures) -> list[list[str]]:
    """Return a label and a cell for each model, for each of the lines that any model has.

    A figure that is missing, or null, is a dash.
    """
    found = []
    for label, form, factor, *names in lines:
        values = [[each.get(name) for name in names] for each in figures.values()]
        cells = ["–" if None in v else form.format(*(factor * x for x in v)) for v in values]
        if set(cells) != {"–"}:
            found.append([label, *cells])
    return found


def table(lines: Sequence[tuple], figures: Figures) -> str:
    """Return the rows of a table as HTML, the models' names in their colours at the head."""
    found = "<tr><td></td>"
    for model, colour in colours(figures).items():
        found += f'<th scope="col"><i style="background:{colour}"></i>{title(model)}</th>'
    for label, *cells in rows(lines, figures):
        found += f'</tr>\n<tr><th scope="row">{label}</th>'
        found += "".join(f"<td>{cell}</td>" for cell in cells)
    return f"{found}</tr>".replace(" %<", "&nbsp;%<")


def heading(models: Sequence[str], subject: str) -> str:
    """Return the question of the page, the last model first."""
    if len(models) == 1:
        return f"How good is the {title(models[0])} at {subject}?"
    *first, last = map(title, reversed(models))
    return f"{', '.join(first)} or {last} for {subject}?"


def handy(text: str) -> str:
    """Return a page with a list of its contents, and pictures that can be enlarged."""
    links = ""

    def part(match: re.Match) -> str:
        nonlocal links
        name = re.sub(r"\W+", "-", match[1].lower()).strip("-")
        links += f'<li><a href="#{name}">{match[1]}</a></li>\n'
        return f'<h2 id="{name}">{match[1]}</h2>'

    text = re.sub("<h2>(.+?)</h2>", part, text)
    text = re.sub("<img [^>]+>", lambda match: ENLARGED.format(picture=match[0]), text)
    contents = f'<nav aria-label="Contents">\n<ul>\n{links}</ul>\n</nav>'
    return text.replace("<!-- contents -->", contents)


def page(
    metrics: Mapping[str, Figures],
    models: Sequence[str],
    n: int,
    pictures: Mapping[str, bytes],
    said: Mapping[str, str],
    *,
    name: str,
    classes: Sequence[str],
    digits: bool,
) -> str:
    """Return the page as HTML.

    Takes {NAME: content of metrics/NAME.json} for test, selection and generalize; the number of
    test images; {picture: PNG}; what the pictures of labels, sizes and budgets say, in a sentence
    each; and of the data set its name, the names of its classes, and whether they are digits.
    """
    test, images = metrics["test"], "digits" if digits else "images"
    sources = {
        picture: f"data:image/png;base64,{base64.b64encode(data).decode()}"
        for picture, data in pictures.items()
    }

    galleries = ""
    for a, b in permutations(models, 2):
        words = {"wrong": title(a), "right": title(b), "images": images}
        galleries += GALLERY.format(source=sources[f"{a}_wrong_{b}_right"], **words)
    right = f" and the {title(models[1])} right" if len(models) > 1 else ""
    facts = {
        "title": escape(heading(models, "handwritten digits" if digits else name)),
        "answer": answer(test, models, n, images),
        "about": "" if digits else f"<p>The images are of {escape(', '.join(classes))}.</p>",
        "images": images,
        "image": images.removesuffix("s"),
        "looked": f"the first that the {title(models[0])} gets wrong{right}",
        "n": f"{n:,}",
        "cells": table(LINES, {m: {**metrics["selection"][m], **test[m]} for m in models}),
        "far_cells": table(FAR, {model: metrics["generalize"][model] for model in models}),
        "contrasts": galleries,
        "hand": HAND.format(**sources) if digits else "",
        **{f"{picture}_say": escape(words) for picture, words in said.items()},
    }
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return handy(template.substitute(sources | facts))
