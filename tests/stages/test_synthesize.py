"""The synthesize stage: one file, or a history and the weeks that follow."""

import pandas as pd
import pytest

from redlane.declarations.synthetic import SyntheticSettings, generate
from redlane.errors import RedlaneError
from redlane.io.files import read_json
from redlane.stages import synthesize

GENERATOR = SyntheticSettings.parse({"weeks": 6, "declarations_per_week": 120, "importers": 60})


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    return pd.concat(list(generate(GENERATOR)), ignore_index=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("synthesize") / "demo"
    return out, synthesize.run(out=out, declarations=GENERATOR, next_weeks=2)


def test_one_parquet_file_holds_everything(tmp_path, everything):
    result = synthesize.run(out=tmp_path / "all.parquet", declarations=GENERATOR, next_weeks=8)
    written = pd.read_parquet(result.paths["declarations"])
    assert result.counts["declarations"] == len(everything)
    assert len(pd.read_csv(result.paths["partner_exports"])) == result.counts["partner_exports"] > 0
    assert written["declaration_id"].tolist() == everything["declaration_id"].tolist()
    assert written["customs_value"].tolist() == everything["customs_value"].tolist()


def test_csv_keeps_codes_as_text(tmp_path, everything):
    synthesize.run(out=tmp_path / "all.csv", declarations=GENERATOR, next_weeks=8)
    written = pd.read_csv(tmp_path / "all.csv", dtype=str, keep_default_na=False)
    assert written["hs_code"].tolist() == everything["hs_code"].tolist()
    assert written["origin_country"].tolist() == everything["origin_country"].tolist()
    assert written["registered_on"].iloc[0] == "2024-01-01"


def test_history_and_next_weeks_are_all_rows_once(folder, everything):
    out, result = folder
    history, after = pd.read_parquet(out / "history.parquet"), pd.read_parquet(out / "next_weeks.parquet")
    assert (result.counts["history"], result.counts["next_weeks"]) == (len(history), len(after))
    assert [*history["declaration_id"], *after["declaration_id"]] == everything["declaration_id"].tolist()


def test_next_weeks_hold_nothing_but_what_was_declared(folder):
    out, _ = folder
    declared = set(pd.read_parquet(out / "next_weeks.parquet").columns)
    later = set(pd.read_parquet(out / "next_weeks_outcomes.parquet").columns)
    assert declared & later == {"declaration_id", "item_number", "registered_on"}
    assert not declared & {"irregular", "inspected", "typology", "assessed_value", "selection_propensity"}


def test_history_knows_no_outcome_of_a_later_day(folder, everything):
    history = pd.read_parquet(folder[0] / "history.parquet")
    today = pd.Timestamp("2024-01-29")
    inspected = history["inspected"] == 1
    assert (pd.to_datetime(history["outcome_known_on"]).dropna() < today).all()
    waiting = inspected & history["irregular"].isna()
    known = everything.loc[: len(history) - 1, "outcome_known_on"]
    assert waiting.sum() == (known >= today).sum() > 0
    assert history.loc[waiting, ["recovered_revenue", "assessed_value"]].isna().all(axis=None)


def test_manifest_names_settings_and_hashes(folder):
    out, result = folder
    manifest = read_json(out / "manifest.json")
    assert SyntheticSettings.parse(manifest["generator"]) == GENERATOR
    assert manifest["rows"] == result.counts
    tables = {"history.parquet", "next_weeks.parquet", "next_weeks_outcomes.parquet"}
    assert set(manifest["files"]) == {*tables, "partner_exports.csv"}


def test_result_counts_what_was_planted(folder, everything):
    table = folder[1].tables[0].frame.set_index("typology")
    assert table["rows"].to_dict() == everything["typology"].value_counts().to_dict()
    assert folder[1].numbers["truly_irregular"] == pytest.approx(everything["truly_irregular"].mean())


@pytest.mark.parametrize("next_weeks", [0, 6, -1])
def test_weeks_that_leave_no_history_are_refused(tmp_path, next_weeks):
    with pytest.raises(RedlaneError, match="give a number from 1 to 5"):
        synthesize.run(out=tmp_path / "demo", declarations=GENERATOR, next_weeks=next_weeks)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RedlaneError, match=r"thesis\.txt"):
        synthesize.run(out=tmp_path, declarations=GENERATOR, next_weeks=2)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
