"""Trained models travel: with dvc push and pull, and as artifacts."""

import shutil

import pytest

from helpers import run


def test_models_travel_through_a_remote_and_as_artifacts(apart, tmp_path):
    store = str(tmp_path / "store")
    run("dvc", "remote", "add", "-d", "store", store, cwd=apart)
    run("git", "commit", "-qam", "Name the remote", cwd=apart)
    run("dvc", "push", "-q", cwd=apart)
    run("git", "tag", "-a", "cnn@v1.0.0", "-m", "A first CNN", cwd=apart)
    weights = apart / "data" / "models" / "cnn" / "0" / "weights.pt"
    before = weights.read_bytes()

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("dvc", "artifacts", "get", str(apart), "cnn", "-o", "cnn.pt", cwd=elsewhere)
    assert (elsewhere / "cnn.pt").read_bytes() == before

    for folder in ("data/models", ".dvc/cache"):
        shutil.rmtree(apart / folder)
    run("dvc", "pull", "-q", cwd=apart)
    assert weights.read_bytes() == before


@pytest.mark.slow
def test_a_team_shares_experiments_by_name(apart, tmp_path):
    store, origin, other = (tmp_path / name for name in ("store", "origin.git", "other"))
    run("git", "init", "-q", "--bare", str(origin), cwd=tmp_path)
    run("git", "remote", "add", "origin", str(origin), cwd=apart)
    run("dvc", "remote", "add", "-d", "store", str(store), cwd=apart)
    run("git", "commit", "-qam", "Name the remote", cwd=apart)
    run("git", "push", "-q", "-u", "origin", "HEAD:main", cwd=apart)
    run("dvc", "push", "-q", cwd=apart)
    run("dvc", "exp", "run", "-q", "-n", "mine", "-S", "cnn.dropout=0.4", cwd=apart)
    run("dvc", "exp", "push", "-q", "origin", "mine", cwd=apart)
    weights = "data/models/cnn/0/weights.pt"

    run("git", "clone", "-q", "-b", "main", str(origin), str(other), cwd=tmp_path)
    run("dvc", "pull", "-q", cwd=other)
    assert (other / weights).read_bytes() != (apart / weights).read_bytes()
    run("dvc", "exp", "pull", "-q", "origin", "mine", cwd=other)
    run("dvc", "exp", "apply", "-q", "mine", cwd=other)
    assert (other / weights).read_bytes() == (apart / weights).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("link", ["hardlink", "symlink"])
def test_clones_share_a_linked_cache_that_no_stage_writes_into(apart, tmp_path, link):
    cache = tmp_path / "shared"
    shutil.copytree(apart / ".dvc" / "cache", cache)
    shutil.rmtree(apart / ".dvc" / "cache")
    run("dvc", "cache", "dir", "--local", str(cache), cwd=apart)
    run("dvc", "config", "--local", "cache.shared", "group", cwd=apart)
    run("dvc", "config", "--local", "cache.type", link, cwd=apart)
    run("dvc", "checkout", "-q", "--relink", cwd=apart)
    lock = (apart / "dvc.lock").read_bytes()
    before = {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    run("dvc", "repro", "-q", "-f", cwd=apart)
    assert (apart / "dvc.lock").read_bytes() == lock
    assert all(path.read_bytes() == data for path, data in before.items() if "/files/" in str(path))
