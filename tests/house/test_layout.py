"""The house keeps its word: what documents mention exists, the lock file fits, nothing private is kept."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from redlane import arguments
from redlane.stage_table import STAGES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "models").glob("*.md")])
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def code_blocks(file: Path) -> str:
    return "\n".join(
        re.findall(r"^```\w*\n(.*?)^```", file.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_usual_documents_are_there() -> None:
    for name in (
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "models/README.md",
    ):
        assert (ROOT / name).is_file(), name
    assert "Apache License" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("file", DOCUMENTS, ids=named)
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (file.parent / target).exists(), target


@pytest.mark.parametrize("file", DOCUMENTS, ids=named)
def test_commands_in_documents_can_be_typed(file: Path) -> None:
    text = code_blocks(file).replace("\\\n", " ")
    for line in re.findall(r"^\s*redlane ([a-z]+ .*)$", text, re.MULTILINE):
        words = re.sub(r"\s+#.*", "", line).split()
        arguments.parse(STAGES[words[0]], words[1:])


@pytest.mark.parametrize("file", DOCUMENTS, ids=named)
def test_make_targets_in_documents_exist(file: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", file.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("file", DECISIONS, ids=named)
def test_a_decision_has_a_title_a_status_and_its_alternatives(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.match(r"# \d{4} ", text)
    assert text.startswith(f"# {file.name[:4]} ")
    assert re.search(r"^Status: (accepted|superseded by \[\d{4}\]\(.+\))", text, re.MULTILINE)
    assert "\n## Alternatives\n" in text


def test_the_lock_file_fits_the_declared_bounds() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", text, re.MULTILINE):
        pins.setdefault(name.lower(), set()).add(version)
    wanted = [Requirement(each) for each in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]
    for requirement in wanted:
        versions = pins.get(requirement.name.lower(), set())
        assert versions, f"{requirement.name} is not locked: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement
    assert "://" not in text
    assert "--hash=sha256:" in text


def test_nothing_tracked_holds_a_machines_own_paths() -> None:
    own = re.compile(rb"/(?:home|Users)/(?!ada\b)\w|/root/\w|/work/\w|/tmp/\w+/")
    text = [
        file
        for file in tracked()
        if file.suffix in {".py", ".md", ".yaml", ".toml", ".json", ".ipynb", ".lock"}
    ]
    guilty = [named(file) for file in text if file != Path(__file__) and own.search(file.read_bytes())]
    assert guilty == []


def test_what_is_made_is_not_tracked() -> None:
    kept = [named(file) for file in tracked()]
    assert not [
        name for name in kept if re.match(r"(data|profiles|scores|mlruns|conf/local)/|mlflow\.db", name)
    ]
    assert [name for name in kept if name.startswith("models/")] in ([], ["models/README.md"])
