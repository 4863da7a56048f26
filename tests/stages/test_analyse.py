"""The analyse stage: tables and pages of a period, whole or not at all; what cannot be made is named."""

import re
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.evasion_elasticity import CAUTIONS as ELASTICITY_CAUTIONS
from redlane.analysis.listed import ANALYSES
from redlane.analysis.mirror_gaps import CAUTIONS, READINGS
from redlane.errors import RedlaneError
from redlane.io.files import read_json, sha256_file
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.store import create_store
from redlane.stages import analyse
from redlane.words.catalogue import catalogue
from tests.profiles.test_digits import NEEDS, trades
from tests.runs import chosen

PARTY = "zzcanary<b>&'\""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A file, and a store of profiles with digit tests."""
    folder = tmp_path_factory.mktemp("analyse")
    frame = trades().assign(item_number="1")
    frame["importer_id"] = PARTY + frame["importer_id"]
    frame.to_parquet(folder / "w.parquet")
    create_store(folder / "store", frame, NEEDS, {"w.parquet": "0"})
    return folder


@cache
def settings():
    return {
        "declarations": chosen("declarations", "canonical"),
        "features": chosen("features", "default"),
        "flags": chosen("flags", "default"),
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=20),
    }


def run(folder, out, **changes):
    standard = {
        **settings(),
        "files": [folder / "w.parquet"],
        "profiles": folder / "store",
        "since": date(2024, 3, 1),
        "until": date(2024, 5, 15),
        "analyses": None,
        "tables": "parquet",
        "top_rows": 5,
        "language": "en",
        "as_of": None,
    }
    return analyse.run(out=out, **{**standard, **changes})


def test_a_table_and_a_page_of_each_analysis_and_an_index_that_leads_to_them(made, tmp_path):
    result = run(made, tmp_path / "out", analyses=["digits"])
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"index.html", "digits.html", "digits.parquet", "manifest.json"}
    index = (tmp_path / "out" / "index.html").read_text()
    assert 'href="digits.html"' in index
    page = (tmp_path / "out" / "digits.html").read_text()
    table = pd.read_parquet(tmp_path / "out" / "digits.parquet")
    assert page.count("<tr>") == 1 + 5
    assert f"The first 5 of {len(table)} rows" in page
    for caution in ("not proof", "Not a customs value", "never of one declaration"):
        assert caution in page
    assert result.numbers["rows"] == {"digits": len(table)}


def test_names_of_parties_are_text_on_the_page_and_as_they_are_in_the_table(made, tmp_path):
    run(made, tmp_path / "out", analyses=["digits"])
    page = (tmp_path / "out" / "digits.html").read_text()
    assert PARTY not in page
    assert "zzcanary&lt;b&gt;&amp;" in page
    assert pd.read_parquet(tmp_path / "out" / "digits.parquet")["importer_id"].str.startswith(PARTY).all()


def test_the_period_is_what_was_asked_for(made, tmp_path):
    frame = pd.read_parquet(made / "w.parquet")
    inside = frame["registered_on"].between("2024-03-01", "2024-05-15")
    result = run(made, tmp_path / "out", analyses=["digits"])
    assert result.counts["analysed"] == inside.sum()
    assert pd.read_parquet(tmp_path / "out" / "digits.parquet")["declarations"].sum() <= inside.sum()


def test_the_manifest_tells_what_went_in_and_what_came_out(made, tmp_path):
    run(made, tmp_path / "out", analyses=["digits"])
    manifest = read_json(tmp_path / "out" / "manifest.json")
    assert manifest["inputs"] == {"w.parquet": sha256_file(made / "w.parquet")}
    assert manifest["profiles_id"] == read_json(made / "store" / "manifest.json")["id"]
    assert manifest["outputs"]["digits.html"] == sha256_file(tmp_path / "out" / "digits.html")


def test_the_same_run_gives_the_same_bytes(made, tmp_path):
    for name in ("a", "b"):
        run(made, tmp_path / name, analyses=["digits"])
    first, second = (read_json(tmp_path / name / "manifest.json") for name in ("a", "b"))
    assert first == second


def test_what_cannot_be_made_is_named_once_with_the_reason(made, tmp_path):
    result = run(made, tmp_path / "out")
    assert result.numbers["rows"].keys() | {
        name for name, analysis in ANALYSES.items() if analysis.title in result.numbers["left_out"]
    } == set(ANALYSES)
    for title, reason in result.numbers["left_out"].items():
        assert result.notes.count(f"{title} was left out: {reason}") == 1
        assert (tmp_path / "out" / "index.html").read_text().count(f"<dt>{title}</dt>") == 1


def test_where_nothing_can_be_made_nothing_is_written(made, tmp_path):
    frame = pd.read_parquet(made / "w.parquet")[["declaration_id", "item_number", "registered_on"]]
    frame.to_parquet(tmp_path / "bare.parquet")
    create_store(tmp_path / "store", frame, ProfileNeeds(outcomes=((),)), {"bare": "0"})
    with pytest.raises(RedlaneError, match=r"nothing can be analysed: .*the declarations have no"):
        run(made, tmp_path / "out", files=[tmp_path / "bare.parquet"], profiles=tmp_path / "store")
    assert not (tmp_path / "out").exists()


def test_tables_can_be_csv_safe_for_spreadsheets(made, tmp_path):
    run(made, tmp_path / "out", analyses=["digits"], tables="csv")
    assert np.isfinite(pd.read_csv(tmp_path / "out" / "digits.csv")["mad"]).all()
    assert 'href="digits.csv"' in (tmp_path / "out" / "digits.html").read_text()


def test_only_its_own_folder_is_replaced(made, tmp_path):
    run(made, tmp_path / "out", analyses=["digits"])
    run(made, tmp_path / "out", analyses=["digits"])
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(RedlaneError, match="would be replaced"):
        run(made, tmp_path / "out", analyses=["digits"])
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_folder_of_scores_or_of_a_made_up_world_is_not_replaced(made, tmp_path):
    for name in ("manifest.json", "scores.parquet"):
        (tmp_path / name).write_text("theirs")
    with pytest.raises(RedlaneError, match="holds other files"):
        run(made, tmp_path, analyses=["digits"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"since": date(2024, 6, 1)}, "no declaration was registered from 2024-06-01 to 2024-05-15"),
        (
            {"since": date(2030, 1, 1), "until": None},
            "the files hold those from 2024-01-01 to 2024-05-29",
        ),
        (
            {"since": date(2020, 1, 1), "until": date(2020, 2, 1)},
            "no declaration was registered from 2020-01-01",
        ),
        ({"analyses": ["digit"]}, "there is no analysis 'digit'; known are .*digits"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(made, tmp_path, changes, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        run(made, tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_says_what_it_is_and_how_to_read_it(name):
    say = ANALYSES[name].say("en")
    assert re.fullmatch(r"[a-z_]+", name)
    assert say("lead").endswith(".")
    assert say.several("reading")
    assert say.several("cautions")
    assert all(sentence.endswith(".") for sentence in say.several("reading") + say.several("cautions"))


def test_the_page_of_mirror_gaps_says_what_the_functions_say():
    say = ANALYSES["mirror_gaps"].say("en")
    assert tuple(say.several("cautions")) == CAUTIONS
    readings, elasticity = say.several("reading")[2:]
    assert readings == "Readings: " + "; ".join(f"{name}: {why}" for name, why in READINGS.items()) + "."
    assert elasticity.endswith("Of that: " + " ".join(ELASTICITY_CAUTIONS))
    assert {f"cell.reading.{name}" for name in READINGS} <= set(catalogue("en", "analysis"))


@pytest.fixture(scope="module")
def all_made(trained, tmp_path_factory):
    """Every analysis of a synthetic world, with the profiles that training built."""
    folder = tmp_path_factory.mktemp("all")
    until = trained.history["registered_on"].max().date()
    result = run(
        folder,
        folder / "out",
        files=[trained.history_file],
        profiles=trained.profiles,
        since=date(2024, 1, 1),
        until=until,
        top_rows=8,
    )
    return folder / "out", result, trained.history


def test_on_usual_declarations_all_but_the_mirror_is_made(all_made):
    _, result, _ = all_made
    assert set(result.numbers["left_out"]) <= {ANALYSES["mirror_gaps"].title}
    assert all("mirror" in reason for reason in result.numbers["left_out"].values())
    assert {"price_filter", "fair_prices", "flags", "networks"} <= set(result.numbers["rows"])


def test_over_invoicing_gets_as_much_room_as_undervaluation(all_made):
    out, _, _ = all_made
    table = pd.read_parquet(out / "price_filter.parquet")
    shown = ANALYSES["price_filter"].shown(table).head(8)
    for side in ("under_invoiced", "over_invoiced"):
        best = table.nlargest(4, side)
        assert best.index.isin(shown.index).all(), side
    page = (out / "price_filter.html").read_text()
    assert "furthest right" in page.lower()
    assert "take value out" in page


def test_amounts_of_the_price_filter_add_up_over_its_margins(all_made):
    out, _, _ = all_made
    cells, origins = (pd.read_parquet(out / f"price_filter{part}.parquet") for part in ("", "_origins"))
    for side in ("under_invoiced", "over_invoiced"):
        assert cells[side].sum() == pytest.approx(origins[side].sum())


def test_outliers_of_fair_prices_name_their_declarations(all_made):
    out, _, history = all_made
    outliers = pd.read_parquet(out / "fair_prices_outliers.parquet")
    markets = pd.read_parquet(out / "fair_prices.parquet")
    assert len(outliers) == markets["low"].sum() + markets["high"].sum()
    values = history.set_index(["declaration_id", "item_number"])["customs_value"]
    named = pd.MultiIndex.from_frame(outliers[["declaration_id", "item_number"]])
    assert outliers["value"].tolist() == values.loc[named].tolist()


def test_red_flags_count_all_declarations_and_judge_the_inspected(all_made):
    out, result, history = all_made
    table = pd.read_parquet(out / "flags.parquet")
    analysed = history[history["registered_on"] >= "2024-01-01"]
    assert (table["declarations"] == result.counts["analysed"]).all()
    assert table["base_rate"].iloc[0] == pytest.approx(analysed["irregular"].mean())


def test_every_page_is_alone_and_leads_to_files_that_are_there(all_made):
    out, _, _ = all_made
    for page in out.glob("*.html"):
        html = page.read_text()
        for target in re.findall(r'href="([^"]+)"', html):
            assert (out / target).is_file(), (page.name, target)
        assert "http://" not in html
        assert "https://" not in html
        assert "not proof" in html
