"""Trained models travel: with dvc push and pull, and as artifacts."""

import shutil

from helpers import run


def test_models_travel_through_a_remote_and_as_artifacts(unchanged, tmp_path):
    store = str(tmp_path / "store")
    run("dvc", "remote", "add", "-d", "store", store, cwd=unchanged)
    run("git", "commit", "-qam", "Name the remote", cwd=unchanged)
    run("dvc", "push", "-q", cwd=unchanged)
    run("git", "tag", "-a", "cnn@v1.0.0", "-m", "A first CNN", cwd=unchanged)
    weights = unchanged / "data" / "models" / "cnn" / "0" / "weights.pt"
    before = weights.read_bytes()

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("dvc", "artifacts", "get", str(unchanged), "cnn", "-o", "cnn.pt", cwd=elsewhere)
    assert (elsewhere / "cnn.pt").read_bytes() == before

    for folder in ("data/models", ".dvc/cache"):
        shutil.rmtree(unchanged / folder)
    run("dvc", "pull", "-q", cwd=unchanged)
    assert weights.read_bytes() == before
    run("git", "tag", "-d", "cnn@v1.0.0", cwd=unchanged)
    run("git", "reset", "-q", "--hard", "HEAD~1", cwd=unchanged)
