"""The answer on one page, a single file that asks nothing of any other."""

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import combinations
from pathlib import Path
from string import Template

from mnist.plots.style import colours, title
from mnist.plots.verdict import Figures, answer

TEMPLATE = Path(__file__).with_suffix(".html")
GALLERY = Template("""\
<figure>
<div class="wide" tabindex="0" role="group" aria-label="Picture, scrolls sideways">
<img src="$source"
alt="What the $wrong gets wrong and the $right right, at most twenty $images.">
</div>
<figcaption>What the $right gains over the $wrong.</figcaption>
</figure>""")


def percent(share: float) -> str:
    """Return a share in words."""
    return f"{100 * share:.2f} %"


def between(low: float, high: float) -> str:
    """Return an interval of shares in words."""
    return f"{100 * low:.2f} to {100 * high:.2f} %"


def points(difference: float, sign: str = "+") -> str:
    """Return a difference of shares in words."""
    return f"{100 * difference:{sign}.2f} points"


LINES = (  # of a table: a label, how its values are written, and the names of the values
    ("Test accuracy", percent, "accuracy"),
    ("95 % interval", between, "low", "high"),
    ("Standard deviation over seeds", lambda sd: points(sd, ""), "sd"),
    ("Errors", "{:,.0f}".format, "errors"),
    ("Errors if it may pass on 1 %", "{:,.0f}".format, "errors_at_99"),
    ("Training − validation", points, "train_minus_validation"),
    ("Validation − test", points, "validation_minus_test"),
    ("Negative log-likelihood", "{:.4f}".format, "nll"),
    ("Brier score", "{:.4f}".format, "brier"),
    ("Expected calibration error", lambda ece: f"{100 * ece:.1f} points", "ece"),
    ("Parameters", "{:,}".format, "parameters"),
    ("Multiply-accumulates per image", "{:,}".format, "multiply_accumulates"),
    ("Weights on disk", lambda size: f"{size / 1e6:.2f} MB", "bytes"),
)
FAR = (
    ("Mean error on corrupted images", percent, "mean_corruption_error"),
    ("Error on kinds seen in training, in some form", percent, "error_seen"),
    ("Error on kinds never seen in training", percent, "error_never_seen"),
    ("Accuracy on digits of other writers (UCI)", percent, "uci_accuracy"),
    ("AUROC against letters", percent, "auroc_letters"),
    ("AUROC against clothes", percent, "auroc_clothes"),
    ("AUROC against noise", percent, "auroc_noise"),
    ("AUROC against blank paper", percent, "auroc_blank"),
)


def write(figures: Mapping[str, float | None], form: Callable[..., str], *names: str) -> str:
    """Return figures in words, or a dash where one is missing."""
    values = [figures.get(name) for name in names]
    return "–" if None in values else form(*values)


def rows(lines: Sequence[tuple], figures: Figures) -> list[list[str]]:
    """Return a label and a cell for each model, for each of the lines that any model has."""
    found = [
        [label, *(write(each, form, *names) for each in figures.values())]
        for label, form, *names in lines
    ]
    return [row for row in found if {*row[1:]} != {"–"}]


def table(lines: Sequence[tuple], figures: Figures) -> str:
    """Return the rows of a table as HTML, the models' names in their colours at the head."""
    heads = "".join(
        f'<th scope="col"><i style="background:{colour}"></i>{title(model)}</th>'
        for model, colour in colours(figures).items()
    )
    cells = "\n".join(
        f'<tr><th scope="row">{label}</th>{"".join(f"<td>{cell}</td>" for cell in each)}</tr>'
        for label, *each in rows(lines, figures)
    )
    return f"<tr><td></td>{heads}</tr>\n{cells}".replace(" %<", "&nbsp;%<")


def contrasts(models: Sequence[str], sources: Mapping[str, str], images: str) -> str:
    """Return the galleries of all pairs of models as HTML, from {picture: data URI}."""
    found = []
    for pair in combinations(models, 2):
        for wrong, right in (pair, pair[::-1]):
            names = {"wrong": title(wrong), "right": title(right)}
            source = sources[f"{wrong}_wrong_{right}_right"]
            found.append(GALLERY.substitute(names, source=source, images=images))
    return "\n".join(found)


def heading(models: Sequence[str], subject: str) -> str:
    """Return the question of the page, the last model first."""
    if len(models) == 1:
        return f"How good is the {title(models[0])} at {subject}?"
    *first, last = map(title, reversed(models))
    return f"{', '.join(first)} or {last} for {subject}?"


def page(
    metrics: Mapping[str, Figures],
    models: Sequence[str],
    n: int,
    pictures: Mapping[str, bytes],
    *,
    name: str,
    classes: Sequence[str],
    digits: bool,
) -> str:
    """Return the page as HTML.

    Takes {NAME: content of metrics/NAME.json} for test, selection and generalize; the number of
    test images; {picture: PNG}; and of the data set its name, the names of its classes, and whether
    they are digits.
    """
    test, images = metrics["test"], "digits" if digits else "images"
    figures = {m: {**metrics["selection"][m], **test[m]} for m in models}
    far = {model: metrics["generalize"][model] for model in models}
    sources = {
        picture: f"data:image/png;base64,{base64.b64encode(data).decode()}"
        for picture, data in pictures.items()
    }

    def each(form: Callable[..., str], key: str) -> str:
        return ", ".join(f"{title(model)} {write(figures[model], form, key)}" for model in models)

    looked = f"the first that the {title(models[0])} gets wrong"
    if len(models) > 1:
        looked += f" and the {title(models[1])} right"
    facts = {
        "title": escape(heading(models, "handwritten digits" if digits else name)),
        "answer": answer(test, models, n, images),
        "about": "" if digits else f"<p>The images are of {escape(', '.join(classes))}.</p>",
        "images": images,
        "image": images.removesuffix("s"),
        "looked": looked,
        "n": f"{n:,}",
        "cells": table(LINES, figures),
        "far_cells": table(FAR, far),
        "each_errors": each("{:,.0f}".format, "errors"),
        "each_errors_at_99": each("{:,.0f}".format, "errors_at_99"),
        "each_gap": each(points, "train_minus_validation"),
        "contrasts": contrasts(models, sources, images),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(sources | facts)
