"""A third model is one file, a section, a stage, a thin script and its plots; LeNet-5 shows it."""

import csv
import json

import pytest
import yaml

from helpers import examples, run, trained

ARCHITECTURE, SECTION = examples("Add an architecture")
PLOTS = (
    ("curves/cnn.csv: validation_accuracy", "        plots/tables/"),
    ("curves/cnn.csv: train_objective", "        plots/tables/"),
    ("calibration/cnn.csv: accuracy", "        plots/tables/"),
    ("coverage/cnn.csv: errors", "        plots/tables/"),
)


def edited(project):
    """Add LeNet-5 to a clone as a person would; return how many lines that took."""
    files = {
        "stages/mnist/models/lenet5.py": ARCHITECTURE,
        "stages/train_lenet5.py": (project / "stages/train_cnn.py")
        .read_text()
        .replace("convolutional network (CNN)", "LeNet-5")
        .replace("cnn", "lenet5"),
    }
    for name, content in files.items():
        (project / name).write_text(content)
    params = project / "params.yaml"
    params.write_text(f"{params.read_text()}\n{SECTION}")
    text = (project / "dvc.yaml").read_text()
    stage = text[text.index("  train_cnn:") : text.index("  evaluate:")]
    text = text.replace(stage, stage + stage.replace("cnn", "lenet5"))
    for line, indent in PLOTS:
        text = text.replace(line, f"{line}\n{indent}{line.replace('cnn', 'lenet5')}")
    plot = text[text.index("  - plots/tables/confusion/cnn.csv") : text.index("  - plots/pictures")]
    text = text.replace(plot, plot + plot.replace("cnn", "lenet5").replace("CNN", "LeNet-5"))
    before = len((project / "dvc.yaml").read_text().splitlines())
    (project / "dvc.yaml").write_text(text)
    lines = sum(len(content.splitlines()) for content in files.values())
    lines += len(SECTION.splitlines())
    return lines + len(text.splitlines()) - before


@pytest.mark.slow
def test_lenet_5_takes_under_60_lines_and_is_in_metrics_plots_report_and_answers(unchanged, photo):
    assert edited(unchanged) < 60
    run("git", "add", "-A", cwd=unchanged)
    assert trained(run("dvc", "repro", cwd=unchanged)) == ["train_lenet5@0"]

    for name in ("test", "selection", "generalize"):
        assert "lenet5" in json.loads((unchanged / f"metrics/{name}.json").read_text())
    scores = json.loads((unchanged / "metrics/test.json").read_text())
    assert {"cnn_minus_ann", "lenet5_minus_ann", "lenet5_minus_cnn"} <= scores.keys()
    rows = list(csv.DictReader((unchanged / "metrics/pairs.csv").open()))
    assert [(row["first"], row["second"]) for row in rows] == [
        ("ann", "cnn"),
        ("ann", "lenet5"),
        ("cnn", "lenet5"),
    ]
    for name in ("classes", "seeds", "corruptions", "geometry", "others"):
        models = {
            row["model"] for row in csv.DictReader((unchanged / f"metrics/{name}.csv").open())
        }
        assert models == {"ann", "cnn", "lenet5"}, name
    for name in ("misclassified_lenet5", "lenet5_wrong_cnn_right", "ann_wrong_lenet5_right"):
        assert (unchanged / f"plots/pictures/{name}.png").is_file()
    for table in ("calibration", "confusion", "coverage", "curves"):
        assert (unchanged / f"plots/tables/{table}/lenet5.csv").is_file()
    assert "LENET5" in (unchanged / "plots/report.html").read_text(encoding="utf-8")

    said = run("python", "stages/predict.py", str(photo), cwd=unchanged)
    assert all(name in said for name in ("ANN", "CNN", "LENET5"))
    page = run("dvc", "plots", "show", cwd=unchanged)
    assert "index.html" in page

    params = yaml.safe_load((unchanged / "params.yaml").read_text())
    del params["ann"], params["cnn"]
    params["compute"]["device"] = "gpu"
    (unchanged / "params.yaml").write_text(yaml.safe_dump(params))
    said = run("python", "stages/train_lenet5.py", "--seed", "0", cwd=unchanged, ok=False)
    assert said.startswith("train_lenet5: compute.device is 'gpu', expected one of cpu")
