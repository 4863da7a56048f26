"""A stored score can be computed again, bit for bit; whatever was changed since is found and named."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redlane.engines.recompute import same
from redlane.errors import ExitCode, RedlaneError
from redlane.io.files import sha256_file
from redlane.stages import explain
from tests.runs import write_csv


def run(trained, scores, **changes):
    standard = {"file": trained.new_file, "declaration": None, "rows": 1000, "seed": 0}
    places = {"bundle": trained.bundle, "profiles": trained.profiles, "out": None, "language": "en"}
    return explain.run(scores=scores, **{**standard, **places, **changes})


@pytest.fixture(scope="module")
def scores(trained, tmp_path_factory):
    return trained.score(tmp_path_factory.mktemp("scored") / "night.parquet").paths["scores"]


@pytest.fixture
def copy(scores, tmp_path):
    """The score file and its manifest, to be tampered with."""
    for path in (scores, scores.with_name("night.manifest.json")):
        shutil.copy(path, tmp_path)
    return tmp_path / scores.name


def test_every_row_of_a_sample_matches(trained, scores):
    result = run(trained, scores)
    assert result.exit_code == ExitCode.DONE
    assert result.counts == {
        "recomputed": min(1000, len(trained.new)),
        "matching": min(1000, len(trained.new)),
        "differing": 0,
    }


def test_a_score_file_in_csv_matches_too(trained, tmp_path):
    scores = trained.score(tmp_path / "night.csv").paths["scores"]
    assert run(trained, scores, rows=200).exit_code == ExitCode.DONE


def test_one_declaration_is_told_with_its_reasons(trained, scores):
    first = trained.new["declaration_id"].iloc[0]
    result = run(trained, scores, declaration=first)
    assert result.counts["recomputed"] == (trained.new["declaration_id"] == first).sum()
    assert {"margin", "lane"} <= set(result.tables[0].frame["what"])


def test_a_case_file_tells_of_one_declaration_whether_it_was_selected_or_not(trained, scores, tmp_path):
    table = pd.read_parquet(scores)
    for lane in ("red", "green"):
        first = table.loc[table["lane"] == lane, "declaration_id"].iloc[0]
        out = tmp_path / f"{lane}.html"
        result = run(trained, scores, declaration=first, out=out)
        page = out.read_text(encoding="utf-8")
        assert result.paths == {"case file": out}
        assert first in page and "contribution" in page


def test_no_case_file_of_a_score_that_does_not_hold(trained, scores, tmp_path):
    first = trained.new["declaration_id"].iloc[0]
    changed = trained.new.assign(customs_value=trained.new["customs_value"] * 30, importer_id="somebody")
    file = write_csv(changed, tmp_path / "new.csv")
    result = run(trained, scores, declaration=first, out=tmp_path / "case.html", file=file)
    assert result.exit_code == ExitCode.DIFFERS
    assert not (tmp_path / "case.html").exists() or result.counts["differing"] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"out": Path("case.html")}, "give --declaration"),
        ({"out": Path("x.pdf"), "declaration": "a"}, "html"),
    ],
)
def test_a_place_that_cannot_be_is_refused(trained, scores, changes, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        run(trained, scores, **changes)


def test_an_unknown_declaration_is_refused(trained, scores):
    with pytest.raises(RedlaneError, match="has no declaration 'nobody'"):
        run(trained, scores, declaration="nobody")


@pytest.mark.parametrize("column", ["customs_value", "importer_id", "hs_code"])
def test_changed_input_values_are_found(trained, scores, tmp_path, column):
    changed, first = trained.new.copy(), trained.new[column].iloc[0]
    changed[column] = changed[column] * 3 if column == "customs_value" else first
    result = run(trained, scores, file=write_csv(changed, tmp_path / "new.csv"))
    assert result.exit_code == ExitCode.DIFFERS
    assert "new.csv is not the file that was scored" in result.notes[0]
    assert result.counts["differing"] > 0


def test_an_added_row_leaves_the_scores_of_others_and_is_named(trained, scores, tmp_path):
    more = pd.concat([trained.new, trained.new.tail(1).assign(declaration_id="another")])
    result = run(trained, scores, file=write_csv(more, tmp_path / "new.csv"))
    assert (result.exit_code, result.counts["differing"]) == (ExitCode.DIFFERS, 0)


def test_a_row_that_went_missing_is_named(trained, scores, tmp_path):
    result = run(trained, scores, file=write_csv(trained.new.iloc[1:], tmp_path / "new.csv"))
    assert any("1 scored rows are not among" in note for note in result.notes)


@pytest.mark.parametrize("name", ["trees.txt", "calibration.json", "features.json", "configuration.json"])
def test_a_changed_byte_of_the_bundle_is_found(trained, scores, tmp_path, name):
    bundle = shutil.copytree(trained.bundle, tmp_path / "bundle")
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(bytes(content))
    with pytest.raises(RedlaneError, match=name):
        run(trained, scores, bundle=bundle)


def test_a_changed_row_of_the_profiles_is_found(trained, scores, tmp_path):
    store = shutil.copytree(trained.profiles, tmp_path / "store")
    path = next(store.glob("segment_*/activity__importer.parquet"))
    table = pq.read_table(path).to_pandas()
    table.loc[0, "count"] += 1
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path)
    with pytest.raises(RedlaneError, match="activity__importer"):
        run(trained, scores, profiles=store)


def test_a_forged_score_is_found_even_with_a_forged_hash(trained, copy):
    table = pq.read_table(copy)
    margins = table["margin"].to_pylist()
    margins[0] += 1e-12
    pq.write_table(table.set_column(2, "margin", pa.array(margins)), copy)
    assert "was changed after it was written" in run(trained, copy, rows=1).notes[0]
    manifest = copy.with_name("night.manifest.json")
    facts = json.loads(manifest.read_text())
    facts["outputs"][copy.name] = sha256_file(copy)
    manifest.write_text(json.dumps(facts))
    result = run(trained, copy)
    assert (result.exit_code, result.counts["differing"]) == (ExitCode.DIFFERS, 1)


def test_later_profiles_change_nothing(trained, scores, tmp_path):
    from redlane.profiles.store import append_to_store

    store = shutil.copytree(trained.profiles, tmp_path / "store")
    append_to_store(store, trained.new, {"new.csv": "0" * 64}, "declarations")
    assert run(trained, scores, profiles=store).exit_code == ExitCode.DONE


@pytest.mark.parametrize("absent", ["scores", "manifest"])
def test_a_missing_file_is_named(trained, copy, absent):
    gone = copy if absent == "scores" else Path(str(copy.with_suffix("")) + ".manifest.json")
    gone.unlink()
    with pytest.raises(RedlaneError, match=f"{gone.name} is missing"):
        run(trained, copy)


def test_bits_are_compared_not_words():
    assert same(0.1, 0.1)
    assert not same(0.0, -0.0)
    assert not same(1, 1.0)
    assert not same([1, 2], [1])


@pytest.mark.slow
def test_a_thousand_rows_by_lot_come_out_bit_for_bit_and_a_changed_sentence_does_not(trained, tmp_path):
    """Every reason's text is written anew from what is stored, and must be the stored text."""
    file = write_csv(trained.history.tail(1500)[trained.new.columns], tmp_path / "many.csv")
    scores = trained.score(tmp_path / "many.parquet", file).paths["scores"]
    result = run(trained, scores, file=file, seed=7)
    assert (result.exit_code, result.counts["matching"]) == (ExitCode.DONE, 1000)
    table = pq.read_table(scores)
    reasons = table["reasons"].to_pylist()
    first = next(row for row, told in enumerate(reasons) if told)
    reasons[first][0]["sentence"] += "."
    place = table.schema.get_field_index("reasons")
    pq.write_table(
        table.set_column(place, "reasons", pa.array(reasons, table.schema.field("reasons").type)), scores
    )
    name = table["declaration_id"][first].as_py()
    forged = run(trained, scores, file=file, declaration=name)
    assert forged.counts["differing"] == 1
    assert set(forged.tables[-1].frame["column"]) == {"reasons"}
