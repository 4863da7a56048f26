"""The bundle: everything learnt comes back to the bit, and nothing that was touched is loaded."""

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from redlane.errors import RedlaneError
from redlane.io.files import sha256_files
from redlane.model import LightGBMSettings
from redlane.model.bundle import read_bundle, write_bundle
from redlane.model.sealing import seal

FACTS = {"name": "demo", "as_of": "2024-01-31", "data": {"train.csv": "0" * 64}, "profiles": "1" * 64}


@pytest.fixture(scope="module")
def write(model, specs, later):
    def write(folder, **changes):
        parts = {
            "specs": specs,
            "configuration": {"model": LightGBMSettings().plain(), "data": "/home/ada/train.csv"},
            "facts": FACTS,
            "golden": later.features.head(6),
            "card": "# Demo\n",
        }
        return write_bundle(folder, changes.pop("model", model), **{**parts, **changes})

    return write


@pytest.fixture(scope="module")
def original(write, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "demo"
    write(folder)
    return folder


@pytest.fixture
def copy(original, tmp_path):
    return shutil.copytree(original, tmp_path / "copy")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def reseal(folder):
    """What a forger would do: make the manifest fit the files again."""
    about = {key: json.loads((folder / "manifest.json").read_text())[key] for key in ("facts", "versions")}
    seal(folder, about)


def test_what_was_learnt_comes_back_to_the_bit(original, model, specs, later):
    bundle = read_bundle(original)
    assert bundle.model == model
    assert list(bundle.specs) == specs
    assert bundle.manifest["facts"] == FACTS
    assert bundle.configuration["model"] == LightGBMSettings().plain()
    margin = model.margin(later.features)
    assert np.array_equal(bundle.model.margin(later.features), margin)
    assert np.array_equal(bundle.model.probability(margin), model.probability(margin))


def test_equal_content_gives_equal_bytes_and_id(original, write, tmp_path):
    again = tmp_path / "elsewhere" / "demo"
    assert write(again) == read_bundle(original).id
    assert sha256_files(again) == sha256_files(original)


def test_other_facts_give_another_id(original, write, tmp_path):
    assert write(tmp_path / "demo", facts={**FACTS, "as_of": "2024-02-29"}) != read_bundle(original).id


def test_a_bundle_says_neither_where_nor_when_it_was_made(original):
    text = "".join((original / name).read_text() for name in names(original) if name != "golden.parquet")
    assert "/home" not in text and str(original.parent) not in text and "ada" not in text
    assert read_bundle(original).configuration["data"] == "train.csv"


def test_a_bundle_without_revenue_head_has_no_revenue_file(write, model, tmp_path):
    write(tmp_path / "demo", model=replace(model, revenue=None))
    assert not (tmp_path / "demo" / "revenue.txt").exists()
    assert read_bundle(tmp_path / "demo").model.revenue is None


def test_documents_travel_sealed_and_are_read_as_they_were_written(write, original, tmp_path):
    written = {"card.html": "<p>Prüfung <\n", "checks.json": "[]"}
    plain, told = read_bundle(original), tmp_path / "demo"
    write(told, documents=written)
    bundle = read_bundle(told)
    assert bundle.documents == written and plain.documents == {}
    assert bundle.id != plain.id and bundle.model == plain.model
    (told / "checks.json").write_text("{}")
    with pytest.raises(RedlaneError, match=r"checks\.json was changed"):
        read_bundle(told)


@pytest.mark.parametrize("name", ["notes.txt", "../card.html", "trees.txt", "manifest.json"])
def test_a_document_no_bundle_knows_is_refused_by_name(write, tmp_path, name):
    with pytest.raises(RedlaneError, match=f"a bundle has no document '{name}'"):
        write(tmp_path / "demo", documents={name: "x"})
    assert names(tmp_path) == []


def test_writing_again_replaces_the_whole_folder(write, model, tmp_path):
    write(tmp_path / "demo")
    write(tmp_path / "demo", model=replace(model, revenue=None))
    assert read_bundle(tmp_path / "demo").model.revenue is None
    assert names(tmp_path) == ["demo"]


def test_every_changed_byte_is_refused_by_the_name_of_its_file(copy):
    chance = random.Random(4)
    listed = names(copy)
    for number in range(200):
        path = copy / listed[number % len(listed)]
        content = path.read_bytes()
        at = chance.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        with pytest.raises(RedlaneError, match=rf"{path.name} was changed"):
            read_bundle(copy)
        path.write_bytes(content)
    read_bundle(copy)


def test_every_truncated_or_extended_file_is_refused_by_name(copy):
    chance = random.Random(5)
    for name in names(copy):
        content = (copy / name).read_bytes()
        cuts = [content[: chance.randrange(len(content))] for _ in range(6)]
        for damaged in (b"", *cuts, content + b"\n", content * 2):
            (copy / name).write_bytes(damaged)
            with pytest.raises(RedlaneError, match=rf"{name} was changed"):
                read_bundle(copy)
        (copy / name).write_bytes(content)


def test_every_missing_file_is_refused_by_name(original, tmp_path):
    for number, name in enumerate(names(original)):
        folder = shutil.copytree(original, tmp_path / str(number))
        (folder / name).unlink()
        with pytest.raises(RedlaneError, match=f"(lacks the file|has no) '?{name}"):
            read_bundle(folder)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "trees.txt.bak", "Trees.txt", "a\nb"])
def test_an_extra_file_is_refused_by_name(copy, name):
    (copy / name).write_text("")
    with pytest.raises(RedlaneError, match="its manifest does not list") as caught:
        read_bundle(copy)
    assert repr(name) in str(caught.value) and "\n" not in str(caught.value)


def test_links_folders_and_pipes_are_refused_by_name(original, tmp_path):
    def linked(path):
        path.rename(tmp_path / f"real-{path.name}")
        path.symlink_to(tmp_path / f"real-{path.name}")

    def piped(path):
        path.unlink()
        os.mkfifo(path)

    for number, change in enumerate((linked, piped, lambda path: (path.unlink(), path.mkdir()))):
        folder = shutil.copytree(original, tmp_path / str(number))
        change(folder / "card.md")
        with pytest.raises(
            RedlaneError, match=r"holds 'card.md', which is .*; a bundle has plain files only"
        ):
            read_bundle(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"id": 1, "files": {}}', "\x00"])
def test_a_manifest_that_is_none_is_refused(copy, text):
    (copy / "manifest.json").write_text(text)
    with pytest.raises(RedlaneError, match=r"manifest\.json was changed"):
        read_bundle(copy)


def test_a_folder_that_is_no_bundle_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for path, sentence in (
        (tmp_path, "is not a bundle"),
        (tmp_path / "none", "No such"),
        (tmp_path / "file", "Not a"),
    ):
        with pytest.raises(RedlaneError, match=sentence):
            read_bundle(path)


def _leaf_of_first_tree(folder):
    path = folder / "trees.txt"
    head, tail = path.read_text().split("leaf_value=", 1)
    values, rest = tail.split("\n", 1)
    changed = " ".join(value[:-1] + str((int(value[-1]) + 5) % 10) for value in values.split(" "))
    path.write_text(f"{head}leaf_value={changed}\n{rest}")


def _steeper_curve(folder):
    path = folder / "calibration.json"
    curves = json.loads(path.read_text())
    curves["probability"]["log_odds"] = [value + 0.1 for value in curves["probability"]["log_odds"]]
    path.write_text(json.dumps(curves))


def _swapped_categories(folder):
    path = folder / "features.json"
    path.write_text(path.read_text().replace('"harbour"', '"airport"'))


def _no_golden_rows(folder):
    pq.write_table(pq.read_table(folder / "golden.parquet").slice(0, 0), folder / "golden.parquet")


def _forged(name, content):
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("forge", "sentence"),
    [
        (_leaf_of_first_tree, "golden rows do not score as recorded .expected margin"),
        (_steeper_curve, "golden rows do not score as recorded .expected probability"),
        (_swapped_categories, "golden rows do not score as recorded"),
        (_no_golden_rows, "no golden rows"),
        (_forged("golden.parquet", b"PAR1"), "golden rows of the bundle cannot be read"),
        (_forged("trees.txt", b"tree\n"), "the model text is damaged"),
        (_forged("revenue.txt", b"\xff"), "does not hold what its name says"),
        (_forged("calibration.json", b"[]"), "does not hold what its name says"),
        (_forged("configuration.json", b"{"), "does not hold what its name says"),
        (_forged("features.json", b"[{}]"), "does not hold what its name says"),
        (_forged("features.json", b"[]"), "not those of the bundle"),
        (_forged("extra.pkl", b""), "holds 'extra.pkl', which no bundle has"),
        (lambda folder: (folder / "card.md").unlink(), "lacks 'card.md'"),
    ],
)
def test_a_change_sealed_again_is_refused_by_what_it_breaks(copy, forge, sentence):
    forge(copy)
    reseal(copy)
    with pytest.raises(RedlaneError, match=sentence):
        read_bundle(copy)


def test_what_cannot_be_a_bundle_is_not_written(write, specs, later, tmp_path):
    for change, sentence in (
        ({"golden": later.features.head(0)}, "at least one golden row"),
        ({"specs": specs[::-1]}, "in another order"),
    ):
        with pytest.raises(RedlaneError, match=sentence):
            write(tmp_path / "demo", **change)
    assert names(tmp_path) == []


def test_nothing_pickled_lies_in_a_bundle(original):
    assert names(original) == [
        "calibration.json",
        "card.md",
        "configuration.json",
        "features.json",
        "golden.parquet",
        "manifest.json",
        "revenue.txt",
        "trees.txt",
    ]


@pytest.mark.slow
def test_scoring_a_bundle_imports_no_tracking_plotting_or_explaining_library(original, later, tmp_path):
    later.features.head(20).to_parquet(tmp_path / "features.parquet")
    program = (
        "import sys; from pathlib import Path; import pandas as pd\n"
        "from redlane.model.bundle import read_bundle\n"
        f"frame = pd.read_parquet({str(tmp_path / 'features.parquet')!r})\n"
        f"model = read_bundle(Path({str(original)!r})).model\n"
        "margin = model.margin(frame); model.expected_revenue(frame, model.probability(margin))\n"
        "print(sorted({'mlflow', 'shap', 'matplotlib', 'hydra', 'numba'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
