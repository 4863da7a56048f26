"""The wheel works outside the checkout: installed into an empty environment, it trains and scores a file."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"mlflow", "shap", "matplotlib"}
SMALL_WORLD = ["declarations.weeks=56", "declarations.declarations_per_week=150"]
SCORE = ["score", "data/next_weeks.parquet", "--bundle", "models/small", "--profiles", "profiles/small"]
SMALL_MODEL = ["model.rounds=20", "evaluation.bootstrap_repeats=20", "governance.assurance.enabled=false"]

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Elsewhere:
    """An environment with nothing but the wheel, and an empty folder to work in."""

    python: Path
    work: Path

    def redlane(self, *words: str, status: int = 0) -> "subprocess.CompletedProcess[str]":
        return run([str(self.python.with_name("redlane")), *words], cwd=self.work, status=status)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    home = tmp_path_factory.mktemp("elsewhere")
    uv = found_uv()
    here = sys.executable
    run(
        [uv, "venv", "--quiet", "--python", here, str(home / "venv")]
        if uv
        else [here, "-m", "venv", str(home / "venv")]
    )
    install(home / "venv/bin/python", wheel)
    lend_compiled(home / "venv")
    (home / "work").mkdir()
    return Elsewhere(home / "venv/bin/python", home / "work")


@pytest.fixture(scope="module")
def trained(elsewhere: Elsewhere) -> Elsewhere:
    elsewhere.redlane("synthesize", "--out", "data", *SMALL_WORLD)
    elsewhere.redlane(
        "train", "data/history.parquet", "--bundle", "models/small", "--profiles", "profiles/small",
        "--partner-exports", "data/partner_exports.csv", "experiment=demo", *SMALL_MODEL,
    )  # fmt: skip
    return elsewhere


def found_uv() -> str | None:
    return shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def install(python: Path, wheel: Path) -> None:
    uv = found_uv()
    pip = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    run([*pip, "--quiet", "--constraint", str(unhashed(wheel.parent)), str(wheel)])


def lend_compiled(home: Path) -> None:
    """Give *home* what Python compiled of the same packages here: it takes only what its own sources would give."""
    site = Path(sysconfig.get_path("purelib"))
    for there in home.glob("lib/python3*/site-packages"):
        for file in site.rglob("__pycache__/*.pyc"):
            to = there / file.relative_to(site)
            if to.parent.parent.is_dir():
                to.parent.mkdir(exist_ok=True)
                shutil.copy2(file, to)


def unhashed(folder: Path) -> Path:
    """The lock file's versions as constraints, without hashes (the wheel itself has none)."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    file = folder / "constraints.txt"
    file.write_text(
        "\n".join(line.rstrip(" \\") for line in lines if "==" in line and not line.startswith(" "))
    )
    return file


def run(command: list[str], cwd: Path | None = None, status: int = 0) -> "subprocess.CompletedProcess[str]":
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV_", "REDLANE"))
    }
    clean.update(OMP_NUM_THREADS="2", MLFLOW_DISABLE_TELEMETRY="true")
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def test_the_wheel_holds_settings_and_types_but_nobodys_own_settings(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "redlane/py.typed" in names
    for file in (ROOT / "conf").rglob("*.yaml"):
        name = f"redlane/conf/{file.relative_to(ROOT / 'conf').as_posix()}"
        assert (name in names) == (not name.startswith("redlane/conf/local/")), name
    assert all(name.startswith(("redlane/", "redlane-")) for name in names)


def test_it_helps_and_composes_from_the_installed_package(elsewhere: Elsewhere) -> None:
    assert "score" in elsewhere.redlane("--help").stdout
    assert "site-packages/redlane/conf" in elsewhere.redlane("score", "--help").stdout
    assert "unknown setting 'nonsense'" in elsewhere.redlane("train", "nonsense=1", status=2).stderr
    assert list(elsewhere.work.iterdir()) == []


def test_it_trains_and_scores_a_file(trained: Elsewhere) -> None:
    done = trained.redlane(*SCORE, "--out", "scores.csv", "json=true")
    result = json.loads(done.stdout)
    assert result["exit_code"] == 0
    assert result["counts"]["read"] == result["counts"]["accepted"] + result["counts"]["rejected"] > 0
    assert (trained.work / "scores.csv").stat().st_size > 0
    assert all((trained.work / path).exists() for path in result["paths"].values())


def test_scoring_needs_neither_mlflow_nor_shap_nor_matplotlib(trained: Elsewhere) -> None:
    code = (
        "import sys; from redlane.cli import main; status = main(sys.argv[1:]);"
        "print(' '.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = run([str(trained.python), "-c", code, *SCORE, "--out", "again.csv"], cwd=trained.work)
    assert not HEAVY & set(done.stderr.splitlines()[-1].split())
