"""The script that installs a browser for the tests: does nothing where one is, and never fails where none can be."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "browser"
TOOLS = ("bash", "env", "mktemp", "tail", "timeout")


def run(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run the script where only *programs* (name and what they do) and a few plain tools can be found."""
    folder.mkdir()
    for name in TOOLS:
        found = next(Path(place, name) for place in ("/usr/bin", "/bin") if Path(place, name).exists())
        (folder / name).symlink_to(found)
    for name, body in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/bash\necho {name} $* >> {folder}/called\n{body}\n")
        path.chmod(0o755)
    return subprocess.run([SCRIPT], env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def test_where_a_browser_is_nothing_is_done(tmp_path):
    done = run(tmp_path / "bin", chromium="", apt_get="exit 0", id="echo 0")
    assert (done.returncode, done.stdout) == (0, "")
    assert not (tmp_path / "bin" / "called").exists()


@pytest.mark.parametrize(
    ("programs", "why"),
    [
        ({"id": "echo 1000", "apt_get": "exit 0"}, "only root may install it"),
        ({"id": "echo 0"}, "this system has no apt-get"),
        ({"id": "echo 0", "apt_get": "echo E: no network >&2; exit 100"}, "E: no network"),
    ],
)
def test_where_none_can_be_installed_it_says_so_and_succeeds(tmp_path, programs, why):
    done = run(tmp_path / "bin", **programs)
    assert done.returncode == 0
    assert why in done.stdout
    assert "will skip" in done.stdout


def test_root_with_apt_get_installs_debians_chromium(tmp_path):
    done = run(tmp_path / "bin", id="echo 0", apt_get="exit 0")
    called = (tmp_path / "bin" / "called").read_text().splitlines()
    assert [line.split()[-1] for line in called if line.startswith("apt_get")] == ["update", "chromium"]
    assert done.returncode == 0
    assert os.access(SCRIPT, os.X_OK)
