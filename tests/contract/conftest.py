"""The file that is in order, scored once for all cases."""

from pathlib import Path
from typing import Any

import pytest

from redlane import cli
from redlane.stages import score as stage
from tests.contract.scoring import ROWS, Clean, run
from tests.runs import Trained


@pytest.fixture(scope="module")
def clean(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    lines = trained.new_file.read_text().splitlines()
    bare = Clean(lines[0].split(","), [line.split(",") for line in lines[1 : ROWS + 1]])
    folder = tmp_path_factory.mktemp("clean")
    (folder / "in.csv").write_text(bare.text())
    done = run(trained, folder / "in.csv", folder / "out")
    assert (done.status, len(done.scores)) == (0, ROWS)
    return Clean(bare.head, bare.rows, done.scores)


@pytest.fixture(autouse=True, scope="module")
def quick(trained: Trained) -> Any:
    """Bundle, profiles and composed settings are read once: the file is what is tried here."""
    bundle, store = stage.read_bundle(trained.bundle), stage.open_store(trained.profiles)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "read_bundle", lambda folder: bundle)
        patch.setattr(stage, "open_store", lambda folder, id: store)
        compose, composed = cli.compose, {}

        def once(name: str, words: list[str], own: list[Path]) -> dict[str, Any]:
            if tuple(words) not in composed:
                composed[tuple(words)] = compose(name, words, own)
            return dict(composed[tuple(words)])

        patch.setattr(cli, "compose", once)
        yield
