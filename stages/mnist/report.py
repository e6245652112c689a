"""The answer on one page, a single file that asks nothing of any other."""

import base64
from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).with_suffix(".html")


def answer(test, n):
    """Return the verdict in plain words, from metrics/test.json and the number of test images.

    A winner is named only where the interval of the difference leaves out zero, and never from a
    single seed, which says something about two networks but nothing about their recipes.
    """
    pair, errors = test["cnn_minus_ann"], {name: test[name]["errors"] for name in ("ann", "cnn")}
    better, worse = sorted(errors, key=errors.get)
    total = f"errors in {n:,} test digits"
    if "low" not in pair:
        each = f"the ANN {errors['ann']:.0f}, the CNN {errors['cnn']:.0f} {total}"
        return f"One seed does not decide. Of the two networks trained here, {each}."
    counts = f"{errors[better]:.0f} against {errors[worse]:.0f} {total}"
    if pair["low"] <= 0 <= pair["high"]:
        bounds = f"{100 * pair['low']:+.2f} to {100 * pair['high']:+.2f} points"
        return f"No difference shown: {counts}. The CNN's advantage is {bounds} (95 % interval)."
    low, lead, high = sorted(abs(100 * pair[key]) for key in ("low", "accuracy", "high"))
    often = "It does not err"
    if errors[better]:
        times = errors[worse] / errors[better]
        often = f"It errs {times:.1f} times less often than the {worse.upper()}"
    return (
        f"The {better.upper()}. {often}: "
        f"{counts}, a lead of {lead:.2f} points (95 % interval {low:.2f} to {high:.2f}). It is "
        f"right on {pair[f'only_{worse}_wrong']:.0f} digits that the {worse.upper()} gets wrong, "
        f"and wrong on {pair[f'only_{better}_wrong']:.0f} that it gets right."
    )


def points(difference):
    """Return a difference of accuracies in words."""
    return f"{100 * difference:+.2f} points"


def rows(test, selection):
    """Return the table's lines, label, ANN, CNN, from metrics/test.json and selection.json."""
    formats = {
        "Test accuracy": lambda t, s: f"{100 * t['accuracy']:.2f} %",
        "95 % interval": lambda t, s: f"{100 * t['low']:.2f} to {100 * t['high']:.2f} %",
        "Standard deviation over seeds": lambda t, s: f"{100 * t['sd']:.2f} points",
        "Errors": lambda t, s: f"{t['errors']:.0f}",
        "Errors if it may pass on 1 %": lambda t, s: f"{t['errors_at_99']:.0f}",
        "Training − validation": lambda t, s: points(s["train_minus_validation"]),
        "Validation − test": lambda t, s: points(t["validation_minus_test"]),
        "Negative log-likelihood": lambda t, s: f"{t['nll']:.4f}",
        "Brier score": lambda t, s: f"{t['brier']:.4f}",
        "Expected calibration error": lambda t, s: f"{100 * t['ece']:.1f} points",
        "Parameters": lambda t, s: f"{s['parameters']:,}",
        "Multiply-accumulates per image": lambda t, s: f"{s['multiply_accumulates']:,}",
        "Weights on disk": lambda t, s: f"{s['bytes'] / 1e6:.2f} MB",
    }
    if "sd" not in test["ann"]:
        del formats["Standard deviation over seeds"]
    return [
        (label, *(write(test[name], selection[name]) for name in ("ann", "cnn")))
        for label, write in formats.items()
    ]


def page(test, selection, n, pictures):
    """Return the page, HTML, from metrics/, the number of test images and {picture: PNG bytes}."""
    cells = "\n".join(
        f'<tr><th scope="row">{label}</th><td>{ann}</td><td>{cnn}</td></tr>'
        for label, ann, cnn in rows(test, selection)
    )
    facts = {"answer": answer(test, n), "cells": cells, "n": f"{n:,}"}
    for name in ("ann", "cnn"):
        facts[f"{name}_errors"] = f"{test[name]['errors']:.0f}"
        facts[f"{name}_errors_at_99"] = f"{test[name]['errors_at_99']:.0f}"
        facts[f"{name}_parameters"] = f"{selection[name]['parameters']:,}"
        facts[f"{name}_macs"] = f"{selection[name]['multiply_accumulates']:,}"
        facts[f"{name}_gap"] = points(selection[name]["train_minus_validation"])
    for name, picture in pictures.items():
        facts[name] = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(facts)
