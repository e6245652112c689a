"""The pages lead somewhere, and show and quote what there is."""

import re

import pytest
import yaml

from helpers import PUBLISHED, ROOT, run

DOCS = ROOT / "docs"
PAGES = ["README.md", "benchmarks/README.md", "CONTRIBUTING.md"]
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md"))


def test_the_picture_of_the_pipeline_is_dvc_s():
    shown = run("dvc", "dag", "--md", "--collapse-foreach-matrix", cwd=ROOT)
    picture = shown[shown.index("```mermaid") :].strip().replace("\t", "  ")
    assert picture in (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8"), picture


def test_the_tree_is_what_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.S)[1]
    named = re.findall(r"^(\s*)([\w./-]+)", block, re.M)
    listed = {path.strip("/") for indent, path in named if not indent}
    tracked = run("git", "ls-files", cwd=ROOT).split()
    top = {path.split("/")[0] for path in tracked}
    assert listed == top - {".gitignore", ".dvcignore"}
    rooms = {path.split("/")[2] for path in tracked if re.match(r"stages/mnist/\w+/", path)}
    assert {path.split("/")[1] for indent, path in named if indent} == rooms


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, heading in re.findall(r"\]\((?!http)([^)#]*)(#[^)]*)?\)", text):
        place = (ROOT / page).parent / target if target else ROOT / page
        assert place.exists(), target
        if heading:
            titles = re.findall(r"(?m)^#+ (.+)$", place.read_text(encoding="utf-8"))
            slugs = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles}
            assert heading[1:] in slugs, heading


def test_the_readme_leads_to_every_page_and_is_read_in_three_minutes():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 160
    reached, new = set(), {"README.md"}
    while new:
        page = new.pop()
        reached.add(page)
        for target in re.findall(r"\]\((?!http)([^)#]+\.md)", (ROOT / page).read_text("utf-8")):
            path = ((ROOT / page).parent / target).resolve().relative_to(ROOT.resolve())
            new |= {path.as_posix()} - reached
    assert reached >= set(PAGES)


def test_generated_files_are_small():
    listed = run("git", "ls-tree", "-r", "-l", PUBLISHED, "plots", "metrics", cwd=ROOT).splitlines()
    assert sum(int(line.split()[3]) for line in listed) < 2e6


def test_what_a_template_leaves_out_is_there():
    text = (DOCS / "pipeline.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`([^`]+)`", text.split("## Use this as a template")[1].split("\n## ")[0])
    )
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    folders = "benchmarks/", "pipelines/", "notebooks/"
    gone = {dep for dep in stages["visualize"]["deps"] if dep.startswith(folders)}
    others = {dep for stage in stages.values() for dep in stage.get("deps", ())}
    assert {dep for dep in others if dep.startswith(folders)} == gone <= named
    code = (ROOT / "stages/visualize.py").read_text(encoding="utf-8")
    assert "def benchmarked(" in code and "def scaled(" in code and "in sentences.CURVES" in code
    report = ROOT / "stages/mnist/plots/page/report.html"
    pictures = set(re.findall(r'src="(\$\w+)"', report.read_text(encoding="utf-8")))
    drawn = set(
        re.findall(r'yield "(\w+)"', code[code.index("def bench") : code.index("def gall")])
    )
    assert {f"${name}" for name in drawn - {"few_labels"}} == pictures & named
    assert '"hand"' in report.with_suffix(".py").read_text(encoding="utf-8")


def test_lines_that_the_handbook_explains_are_still_said():
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    ours, others = text.split("## DVC's own lines")
    own = others[others.index("## Your own images") :]
    names = run("git", "ls-files", "stages", "pipelines", "Makefile", cwd=ROOT).split()
    code = [ROOT / name for name in names if name.endswith((".py", "Makefile"))]
    said = " ".join(path.read_text("utf-8") for path in code)
    lines = [line for part in (ours, own) for line in re.findall(r"\*\*(.+?)\*\*", part, re.S)]
    quoted = [words for line in lines for words in re.findall(r"`([^`]+)`", line)]
    assert len(quoted) > 12
    assert not [words for words in quoted if words not in said]
