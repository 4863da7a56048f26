"""The profiles stage: a store that only grows, and that can be opened as it was on any night."""

import pandas as pd
import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.profiles.store import open_store
from redlane.stages import profile
from tests.runs import chosen, write_csv


def run(files, out, **changes):
    standard = {
        "append": False,
        "brings": "both",
        "declarations": chosen("declarations", "canonical"),
        "partner_table": None,
        "partner_exports": chosen("partner_exports", "comtrade"),
        "features": chosen("features", "default", unavailable="leave_out"),
        "as_of": None,
    }
    return profile.run(files=files, out=out, **{**standard, **changes})


@pytest.fixture(scope="module")
def halves(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("halves")
    border = trained.history["registered_on"].quantile(0.5)
    early = trained.history["registered_on"] <= border
    parts = {"early": trained.history[early], "late": trained.history[~early]}
    for name, frame in parts.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder / "early.parquet", folder / "late.parquet"


def scores_of(trained, profiles, out, **changes):
    trained.score(out, profiles=profiles, **changes)
    return pd.read_parquet(out)


def test_the_store_counts_and_has_an_id(trained, halves, tmp_path):
    result = run([halves[0]], tmp_path / "store")
    assert result.exit_code == ExitCode.DONE
    assert result.counts["read"] == result.counts["accepted"] == len(pd.read_parquet(halves[0]))
    assert result.numbers["profiles_id"] == open_store(tmp_path / "store").id
    assert (result.tables[0].frame["rows"] > 0).all()


def test_where_the_files_lie_does_not_change_the_id(halves, tmp_path, monkeypatch):
    first = run([halves[0]], tmp_path / "one").numbers["profiles_id"]
    monkeypatch.chdir(halves[0].parent)
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "early.parquet"
    moved.write_bytes(halves[0].read_bytes())
    assert run([moved], tmp_path / "two").numbers["profiles_id"] == first


def test_newer_profiles_are_welcome_and_the_older_id_gives_the_older_scores(trained, halves, tmp_path):
    store = tmp_path / "store"
    older = run([halves[0]], store, partner_table=trained.partners).numbers["profiles_id"]
    before = scores_of(trained, store, tmp_path / "before.parquet")
    newer = run([halves[1]], store, append=True).numbers["profiles_id"]
    assert newer != older
    after = scores_of(trained, store, tmp_path / "after.parquet")
    assert set(after["profiles_id"]) == {newer}
    assert not after["margin"].equals(before["margin"])
    again = scores_of(trained, store, tmp_path / "again.parquet", profiles_id=older)
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "before.parquet").read_bytes()
    assert set(again["profiles_id"]) == {older}
    whole = scores_of(trained, None, tmp_path / "whole.parquet")
    columns = ["declaration_id", "item_number"]
    pd.testing.assert_series_equal(
        after.sort_values(columns)["margin"].reset_index(drop=True),
        whole.sort_values(columns)["margin"].reset_index(drop=True),
        rtol=1e-9,
    )


def test_a_delivery_is_not_counted_twice(halves, tmp_path):
    run([halves[0]], tmp_path / "store")
    before = open_store(tmp_path / "store").id
    with pytest.raises(RedlaneError, match=r"early\.parquet was already added"):
        run([halves[0]], tmp_path / "store", append=True)
    assert open_store(tmp_path / "store").id == before


def test_outcomes_that_may_count_declarations_twice_are_warned_of(halves, tmp_path):
    run([halves[0]], tmp_path / "store")
    closed = tmp_path / "closed.parquet"
    pd.read_parquet(halves[0]).tail(200).to_parquet(closed)
    assert run([closed], tmp_path / "store", append=True, brings="outcomes").notes == []
    pd.read_parquet(halves[0]).tail(100).to_parquet(closed)
    (note,) = run([closed], tmp_path / "store", append=True).notes
    assert "count twice" in note and "brings=outcomes" in note
    assert run([halves[1]], tmp_path / "store", append=True).notes == []


def test_rejects_are_said(trained, tmp_path):
    frame = trained.history.head(50).astype(object)
    frame.loc[[3, 7], "origin_country"] = "Q9"
    result = run([write_csv(frame, tmp_path / "bad.csv")], tmp_path / "store")
    assert result.exit_code == ExitCode.DONE_WITH_REJECTS
    assert (result.counts["accepted"], result.counts["rejected"]) == (48, 2)
    listed = {"code": "country-format", "lines": 2, "first": "bad.csv, record 4, origin_country"}
    assert result.tables[-1].frame.to_dict("records") == [listed]


def test_a_folder_of_something_else_is_not_replaced(halves, trained, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years")
    for folder in (tmp_path / "mine", trained.bundle, halves[0].parent):
        with pytest.raises(RedlaneError, match="would be replaced"):
            run([halves[0]], folder)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "ten years"
    assert halves[0].exists()
