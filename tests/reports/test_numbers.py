"""The first pages count right: what was read, where it went, and what moved it."""

import json
import re
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redlane.errors import RedlaneError
from redlane.features.spec import GROUPS
from redlane.reports import overview
from redlane.reports.declared import read_declared
from redlane.reports.scored import read_scored
from redlane.stages.report import places_of
from tests.reports.worlds import run_report
from tests.runs import chosen


def read(file, lanes=("red",)):
    return read_scored(places_of(file), lanes)


@pytest.fixture(scope="module")
def night_declared(trained, night):
    scored = read(night)
    ids = scored.chosen.select(["declaration_id", "item_number"]).to_pandas()
    rules = chosen("declarations", "canonical")
    return scored, read_declared([trained.new_file], rules, None, scored.every, ids)


def test_the_rows_of_the_lane_table_are_all_accepted_rows(night):
    scored = read(night)
    table = overview.lane_table(scored)
    assert sum(row["count"] for row in table) == scored.counts["accepted"] == len(scored.every)
    assert sum(row["share"] for row in table) == pytest.approx(1)


def test_the_capacity_is_the_one_scoring_counted(trained, tmp_path):
    file = tmp_path / "few.parquet"
    trained.new.head(150).to_parquet(file)
    for lanes in (
        chosen("lanes", "asycuda", capacity=3, by="office"),
        chosen("lanes", "asycuda", capacity=40, per="file"),
    ):
        result = trained.score(tmp_path / "a.parquet", file, lanes=lanes)
        scored = read(tmp_path / "a.parquet")
        ids = scored.chosen.select(["declaration_id", "item_number"]).to_pandas()
        declared = read_declared([file], chosen("declarations", "canonical"), None, scored.every, ids)
        told = overview.capacity(scored, declared)
        assert told["places"] == result.numbers["capacity"]
        assert told["used"] == result.numbers["selected"]


def test_reasons_are_counted_over_the_rows_of_the_report(night):
    scored = read(night)
    counts = Counter(reason["code"] for row in scored.chosen["reasons"].to_pylist() for reason in row)
    assert {row["code"]: row["count"] for row in overview.reason_table(scored.chosen, 1000)} == dict(counts)
    assert [row["count"] for row in overview.reason_table(scored.chosen, 5)] == sorted(counts.values())[
        :-6:-1
    ]


def test_groups_lead_as_the_score_file_says(night):
    scored = read(night)
    table = overview.group_table(scored.chosen)
    assert [row["group"] for row in table] == list(GROUPS)
    assert sum(row["leads"] for row in table) == sum(
        x is not None for x in scored.chosen["leading_group"].to_pylist()
    )


def test_offices_add_up(night_declared, trained):
    scored, declared = night_declared
    table = overview.office_table(scored, declared)
    assert {row["office"]: row["count"] for row in table} == trained.new["office"].value_counts().to_dict()
    assert sum(row["red"] for row in table) == scored.counts["red"]


def test_declared_rows_stand_beside_their_scores(night_declared, trained):
    scored, declared = night_declared
    assert declared.found.all()
    assert declared.frame["declaration_id"].tolist() == scored.chosen["declaration_id"].to_pylist()
    wanted = trained.new.set_index(["declaration_id", "item_number"])["customs_value"]
    ids = list(zip(declared.frame["declaration_id"], declared.frame["item_number"], strict=True))
    np.testing.assert_array_equal(declared.frame["customs_value"], wanted.loc[ids])
    assert not {"irregular", "inspector_id", "typology"} & set(declared.frame)


def test_classes_of_probability_hold_every_row():
    frame = pd.DataFrame({"probability": [0.0, 0.005, 0.3, 1.0, None], "lane": ["green"] * 4 + ["red"]})
    (batch,) = overview.distribution([("a", frame)])["batches"]
    assert sum(batch["counts"]) == 4
    assert batch["counts"][0] == 1
    assert (batch["rows"], batch["selected"]) == (5, 1)


def test_rejects_are_counted_without_the_values_found():
    lines = pd.DataFrame(
        {
            "record_number": [2, 2, 7],
            "column": ["a", "b", "a"],
            "code": ["hs-format", "date-format", "hs-format"],
        }
    )
    assert overview.reject_table(lines) == [
        {"code": "hs-format", "count": 2, "record": 2, "column": "a"},
        {"code": "date-format", "count": 1, "record": 2, "column": "b"},
    ]


def test_csv_and_parquet_give_the_same_report(trained, night, tmp_path):
    trained.score(tmp_path / "night.csv")
    trained.score(tmp_path / "safe.csv", spreadsheet_safe=True)
    wanted = read(night)
    for name in ("night.csv", "safe.csv"):
        found = read(tmp_path / name)
        pd.testing.assert_frame_equal(found.every, wanted.every)
        assert found.chosen.to_pylist() == wanted.chosen.to_pylist()


def test_a_score_file_of_an_earlier_version_is_read(trained, night, tmp_path):
    table = pq.read_table(night)
    late = [
        n for n in table.column_names if n.startswith("flags") or n in ("leading_group", "suggested_control")
    ]
    old = delivered(table.drop_columns(late), night, tmp_path)
    found, wanted = read(old), read(night)
    for name in ("leading_group", "suggested_control"):
        assert found.chosen[name].to_pylist() == wanted.chosen[name].to_pylist()
    assert found.chosen["flags"].null_count == len(found.chosen)
    assert run_report(old, tmp_path / "old.html").counts["in_report"] == len(wanted.chosen)


def test_red_flags_are_counted_and_written(trained, night, tmp_path):
    table = pq.read_table(night)
    flag = {"id": "X01", "version": 2, "group": "origin", "sentence": "departed from <another> country"}
    place = table.schema.get_field_index("flags")
    flags = pa.array([[flag]] * len(table), table.schema.field("flags").type)
    file = delivered(table.set_column(place, "flags", flags), night, tmp_path)
    assert overview.flag_table(read(file).chosen)[0] == {
        "id": "X01", "version": 2, "group": "origin", "count": len(read(file).chosen), "share": 1.0
    }  # fmt: skip
    page = run_report(file, tmp_path / "flags.html").paths["report"].read_text(encoding="utf-8")
    assert "departed from \\u003canother\\u003e country" in page


def delivered(table, night, folder):
    """*table* in place of the scores of *night*, with a manifest that speaks of it."""
    from redlane.io.files import sha256_file

    folder.mkdir(exist_ok=True)
    file = folder / night.name
    pq.write_table(table, file)
    manifest = json.loads(night.with_suffix(".manifest.json").read_text())
    manifest["outputs"][file.name] = sha256_file(file)
    (folder / "night.manifest.json").write_text(json.dumps(manifest))
    return file


def test_a_changed_score_file_is_refused(trained, night, tmp_path):
    table = pq.read_table(night)
    file = delivered(table, night, tmp_path)
    pq.write_table(table.slice(0, 100), file)
    with pytest.raises(RedlaneError, match="changed after it was scored"):
        read(file)


def test_counts_that_do_not_add_up_are_refused(trained, night, tmp_path):
    file = delivered(pq.read_table(night).slice(0, 100), night, tmp_path)
    with pytest.raises(RedlaneError, match="holds 100 rows, but its manifest says"):
        read(file)


def test_the_first_page_says_the_sums(report, trained):
    page = re.sub(r"\s+", " ", report.read_text(encoding="utf-8"))
    n = len(trained.new)
    assert f"{n} read = {n} accepted + 0 rejected." in page
