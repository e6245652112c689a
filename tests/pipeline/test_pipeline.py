"""dvc repro, dvc exp run, dvc metrics diff and dvc plots show, on small digits."""

import json
import sys

import pytest
import yaml

from helpers import ROOT, run, started, trained

SLOW = pytest.mark.slow


def test_the_pipeline_leaves_metrics_plots_and_models(project):
    scores = json.loads((project / "metrics" / "test.json").read_text())
    assert 0.5 < scores["cnn"]["accuracy"] <= 1 and 0.5 < scores["ann"]["accuracy"] <= 1
    for name in ("ann", "cnn"):
        assert (project / "data" / "models" / name / "0" / "weights.pt").is_file()
        assert (project / "plots" / "pictures" / f"misclassified_{name}.png").is_file()


def test_a_second_repro_has_nothing_to_do(project):
    assert started(run("dvc", "repro", cwd=project)) == []
    assert "up to date" in run("dvc", "status", cwd=project)
    assert run("git", "status", "--porcelain", cwd=project) == ""


def test_an_experiment_reruns_what_its_parameter_reaches_and_shows_its_difference(project):
    shown = run("dvc", "exp", "run", "-S", "cnn.dropout=0.3", cwd=project)
    after = ["check", "evaluate", "generalize", "predict", "train_cnn@0", "visualize"]
    assert sorted(started(shown)) == after
    assert "cnn.dropout" in run("dvc", "params", "diff", cwd=project)
    difference = json.loads(run("dvc", "metrics", "diff", "--json", cwd=project))
    changed = {key for metrics in difference.values() for key in metrics}
    assert "cnn.validation_nll" in changed and "ann.validation_nll" not in changed

    for value in ("0.2", "0.3"):
        again = run("dvc", "exp", "run", "-S", f"cnn.dropout={value}", "train_cnn", cwd=project)
        assert started(again) == ["check"] and "is cached" in again

    back = "git checkout HEAD params.yaml dvc.lock metrics plots"
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    assert f"{back} && dvc checkout" in page
    run(*back.split(), cwd=project)
    run("dvc", "checkout", cwd=project)
    assert trained(run("dvc", "repro", cwd=project)) == []
    assert run("git", "status", "--porcelain", cwd=project) == ""


def lock(project):
    return yaml.safe_load((project / "dvc.lock").read_text())["stages"]


def of_models(project):
    """Return what evaluate's entry in dvc.lock says of the folder of all runs."""
    (found,) = (d for d in lock(project)["evaluate"]["deps"] if d["path"] == "data/models")
    return found


@SLOW
def test_fewer_seeds_more_seeds_and_back_again_train_only_what_is_new(unchanged):
    one = of_models(unchanged)
    first = run("dvc", "exp", "run", "-S", "seeds=[0,1]", "evaluate", cwd=unchanged)
    assert trained(first) == ["train_ann@1", "train_cnn@1"]
    assert "low" in json.loads((unchanged / "metrics/test.json").read_text())["cnn_minus_ann"]
    two = of_models(unchanged)

    fewer = run("dvc", "exp", "run", "-S", "seeds=[0]", "evaluate", cwd=unchanged)
    assert trained(fewer) == [] and of_models(unchanged) == one
    assert not (unchanged / "data" / "models" / "ann" / "1").exists()
    assert "low" not in json.loads((unchanged / "metrics/test.json").read_text())["cnn_minus_ann"]

    again = run("dvc", "exp", "run", "-S", "seeds=[0,1]", "evaluate", cwd=unchanged)
    assert trained(again) == [] and of_models(unchanged) == two
    other = run("dvc", "exp", "run", "-S", "seeds=[1]", "evaluate", cwd=unchanged)
    assert trained(other) == []
    assert "Data and pipelines are up to date" in run("dvc", "status", "evaluate", cwd=unchanged)


MORE = '["$(touch reached)"]', "[true]", '["../.."]', "[0.5]"
SEEDS = ['["0; touch reached"]', *(pytest.param(seeds, marks=SLOW) for seeds in MORE)]


@pytest.mark.parametrize("seeds", SEEDS)
def test_a_seed_that_is_none_reaches_no_shell(seeds, unchanged):
    run("dvc", "exp", "run", "-S", f"seeds={seeds}", cwd=unchanged, ok=False)
    assert not list(unchanged.rglob("reached"))
    said = run(sys.executable, "stages/check.py", cwd=unchanged, ok=False)
    assert said.startswith("check: seeds is ") and said.count("\n") == 1
    run("git", "checkout", "-q", "HEAD", ".", cwd=unchanged)
    run("dvc", "checkout", "-q", cwd=unchanged)
    assert (unchanged / "data" / "models" / "ann" / "0" / "weights.pt").is_file()


def test_a_batch_that_leaves_a_process_one_image_is_refused_before_training(unchanged):
    changes = "-S", "compute.processes=2", "-S", "cnn.batch_size=4"
    said = run("dvc", "exp", "run", *changes, cwd=unchanged, ok=False)
    assert "cnn.batch_size is 4, expected 5 or more with compute.processes 2; " in said
    assert started(said) == ["check"]


EDITS = {
    "stages/mnist/models/ann.py": {"train_ann@0"},
    "stages/mnist/plots/charts.py": set(),
    "stages/mnist/core/progress.py": set(),
    "stages/mnist/core/params.py": set(),
    "stages/mnist/evaluation/statistics.py": set(),
    "stages/mnist/photos/reading.py": set(),
    "stages/mnist/training/loop.py": {"train_ann@0", "train_cnn@0"},
}


@pytest.mark.parametrize("path", EDITS)
def test_an_edit_retrains_what_it_can_change_and_nothing_else(path, unchanged):
    file = unchanged / path
    file.write_text(file.read_text() + "\n# edited\n")
    assert set(trained(run("dvc", "repro", "--dry", cwd=unchanged))) == EDITS[path]


@SLOW
def test_without_its_data_the_pipeline_comes_back_from_the_cache(unchanged):
    run("rm", "-r", "data", cwd=unchanged)
    shown = run("dvc", "repro", cwd=unchanged, MNIST_MIRROR="/nowhere")
    assert trained(shown) == [] and (unchanged / "data" / "custom").is_dir()
    assert run("git", "status", "--porcelain", cwd=unchanged) in ("", " M metrics/timings.json\n")


def test_the_page_of_plots_is_complete_without_the_internet(project):
    run(sys.executable, ".dvc/plots_page.py", cwd=project)
    run("dvc", "plots", "show", cwd=project)
    page = (project / "dvc_plots" / "index.html").read_text(encoding="utf-8")
    assert "jsdelivr" not in page and "<script src" not in page
    plots = yaml.safe_load((project / "dvc.yaml").read_text())["plots"]
    folders = [project / plot for plot in plots if isinstance(plot, str)]
    assert page.count("vegaEmbed('#") == len(plots) - len(folders) == 6
    pictures = [path for folder in folders for path in folder.glob("*.png")]
    assert page.count('src="static/') == len(pictures) > 15
    run("dvc", "plots", "diff", "HEAD", cwd=project)


@SLOW
def test_the_quick_start_without_a_network_works_after_a_run(unchanged):
    quick = "dvc exp run -S fetch.dataset=optdigits -S 'seeds=[0]'"
    assert quick in (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    parameters = [each.strip("'") for each in quick.split()]
    assert trained(run(*parameters, cwd=unchanged, MNIST_MIRROR="/nowhere")) == []
