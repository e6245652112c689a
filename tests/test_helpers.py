from helpers import run


def test_a_command_is_of_its_folder_s_repository_even_within_a_hook(tmp_path, monkeypatch):
    real, apart = tmp_path / "real", tmp_path / "apart"
    for folder in (real, apart):
        folder.mkdir()
        run("git", "init", "-q", cwd=folder)
    monkeypatch.setenv("GIT_DIR", str(real / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(real / ".git" / "index"))
    run("git", "commit", "-q", "--allow-empty", "-m", "Apart", cwd=apart)
    monkeypatch.delenv("GIT_DIR")
    assert "Apart" in run("git", "log", cwd=apart)
    run("git", "log", cwd=real, ok=False)


def test_a_user_s_hooks_do_not_run_and_commits_are_not_signed(tmp_path, monkeypatch):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    run("git", "init", "-q", "project", cwd=tmp_path)
    run("git", "commit", "-q", "--allow-empty", "-m", "Apart", cwd=tmp_path / "project")
