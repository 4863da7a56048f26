"""The score file: the same rows give the same bytes; every row is accounted for; nothing of it is made up."""

import gzip
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.features.catalogue import FeatureSettings
from redlane.features.spec import GROUPS
from redlane.io.files import read_json, sha256_file
from redlane.model.bundle import read_bundle
from redlane.pipeline import score as pipeline_score
from redlane.pipeline import training_data
from redlane.profiles.store import open_store
from redlane.score_file import SCHEMA
from tests.runs import chosen, declared, run_score, write_csv


@pytest.fixture(scope="module")
def scored(trained, tmp_path_factory):
    """The new weeks, scored once with the default settings."""
    out = tmp_path_factory.mktemp("scored") / "night.parquet"
    return trained.score(out)


@pytest.fixture(scope="module")
def scores(scored):
    return pd.read_parquet(scored.paths["scores"])


def bytes_of(result):
    return result.paths["scores"].read_bytes()


# The same rows, the same bytes


def test_batches_change_no_byte(trained, scored, tmp_path):
    assert bytes_of(trained.score(tmp_path / "x.parquet", batch_rows=100)) == bytes_of(scored)
    few = write_csv(trained.new.head(90), tmp_path / "few.csv")
    together, apart = (trained.score(tmp_path / f"{n}.csv", few, batch_rows=n) for n in (90, 7))
    assert bytes_of(together) == bytes_of(apart)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_no_byte(trained, scored, tmp_path, seed):
    shuffled = write_csv(trained.new.sample(frac=1, random_state=seed), tmp_path / "shuffled.csv")
    again = trained.score(tmp_path / "x.parquet", shuffled, batch_rows=150)
    assert bytes_of(again) == bytes_of(scored)


def test_threads_change_no_byte(trained, scored, tmp_path):
    assert bytes_of(trained.score(tmp_path / "x.parquet", threads=2)) == bytes_of(scored)


def _parquet(frame, folder):
    frame.to_parquet(folder / "new.parquet")
    return folder / "new.parquet"


def _gzip(frame, folder):
    (folder / "new.csv.gz").write_bytes(gzip.compress(write_csv(frame, folder / "new.csv").read_bytes()))
    return folder / "new.csv.gz"


FILES = {
    "parquet": _parquet,
    "gzip": _gzip,
    "utf-16": lambda frame, folder: write_csv(frame, folder / "new.csv", encoding="utf-16"),
    "semicolons": lambda frame, folder: write_csv(frame, folder / "new.csv", sep=";"),
    "columns turned round": lambda frame, folder: write_csv(frame[frame.columns[::-1]], folder / "new.csv"),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_container_changes_no_byte(trained, scored, tmp_path, kind):
    again = trained.score(tmp_path / "x.parquet", FILES[kind](trained.new, tmp_path))
    assert bytes_of(again) == bytes_of(scored)


def test_a_row_alone_has_the_score_it_has_in_company(trained, scores, tmp_path):
    by_id = scores.set_index(["declaration_id", "item_number"])
    for row in (0, 100, len(trained.new) - 1):
        alone = write_csv(trained.new.iloc[[row]], tmp_path / "one.csv")
        trained.score(
            tmp_path / "one.parquet", alone, explanations=chosen("explanations", "reasons", rows="none")
        )
        found = pd.read_parquet(tmp_path / "one.parquet").iloc[0]
        expected = by_id.loc[(found["declaration_id"], found["item_number"])]
        assert found["margin"] == expected["margin"]
        assert found["probability"] == expected["probability"]


def test_the_stage_scores_as_the_pipeline_does_and_from_the_features_of_training(trained, tmp_path):
    """The last labelled rows of history, three ways: through a file, in memory, and as they were trained on."""
    rows = trained.history["irregular"].notna() & (
        np.arange(len(trained.history)) > len(trained.history) - 400
    )
    frame = trained.history[rows].reset_index(drop=True)
    trained.score(tmp_path / "x.parquet", write_csv(declared(frame), tmp_path / "h.csv"))
    found = pd.read_parquet(tmp_path / "x.parquet").set_index(["declaration_id", "item_number"])["margin"]
    bundle, store = read_bundle(trained.bundle), open_store(trained.profiles)
    catalogue = FeatureSettings.parse(bundle.configuration["features"])
    in_memory = pipeline_score(declared(frame), store, catalogue, bundle.model).margin
    as_trained = bundle.model.margin(
        training_data(trained.history, store, catalogue, rows.to_numpy()).features
    )
    expected = found.loc[list(zip(frame["declaration_id"], frame["item_number"], strict=True))].to_numpy()
    assert np.array_equal(in_memory, expected)
    assert np.array_equal(as_trained, expected)


def test_outcome_columns_in_the_file_are_not_read(trained, scored, tmp_path):
    with_answers = trained.new.assign(irregular=1, assessed_value=5, typology="phoenix", inspected="perhaps")
    again = trained.score(tmp_path / "x.parquet", write_csv(with_answers, tmp_path / "new.csv"))
    assert bytes_of(again) == bytes_of(scored)


# What stands in it


def test_columns_order_and_ids(scored, scores, trained):
    assert pq.read_schema(scored.paths["scores"]).equals(SCHEMA)
    assert scores["rank"].tolist() == list(range(1, len(trained.new) + 1))
    assert set(scores["bundle_id"]) == {scored.numbers["bundle_id"]} == {read_bundle(trained.bundle).id}
    assert set(scores["profiles_id"]) == {scored.numbers["profiles_id"]} == {open_store(trained.profiles).id}
    keys = ["declaration_id", "item_number"]
    assert sorted(scores[keys].itertuples(index=False)) == sorted(trained.new[keys].itertuples(index=False))


def test_lanes_are_counted_and_in_order_of_rank(scored, scores):
    assert scores["lane"].value_counts().to_dict() == {
        lane: n for lane in ("red", "yellow", "blue", "green") if (n := scored.counts[lane])
    }
    assert scored.counts["red"] == scored.numbers["selected"] > 0
    assert set(scores.loc[scores["lane"] == "red", "lane_reason"]) == {"random", "score"}
    assert set(scores.loc[scores["lane"] == "green", "lane_reason"]) == {"released"}
    assert scores["selection_propensity"].between(scored.numbers["minimum_propensity"], 1).all()
    assert scored.numbers["minimum_propensity"] > 0


def test_reasons_and_contributions_stand_at_selected_rows_and_only_there(scores):
    red = scores["lane"] == "red"
    groups = [f"contribution_{group}" for group in GROUPS]
    assert scores.loc[red, groups].notna().all(axis=None)
    assert scores.loc[~red, ["reasons", *groups]].isna().all(axis=None)
    for reasons in scores.loc[red, "reasons"]:
        assert len(reasons) <= 4
        for reason in reasons:
            assert reason["code"] and reason["contribution"] > 0
            assert not set("{}<") & set(reason["sentence"]) and "nan" not in reason["sentence"]


@pytest.mark.parametrize("rows", ["all", "none"])
def test_reasons_for_all_rows_or_none(trained, scores, tmp_path, rows):
    few = write_csv(trained.new.head(60), tmp_path / "few.csv")
    trained.score(tmp_path / "x.parquet", few, explanations=chosen("explanations", "reasons", rows=rows))
    found = pd.read_parquet(tmp_path / "x.parquet")
    assert (found["reasons"].notna() == (rows == "all")).all()
    if rows == "all":
        groups = found[[f"contribution_{group}" for group in GROUPS]].sum(axis=1)
        base = found["margin"] - groups
        assert np.ptp(base) < 1e-9
        model = read_bundle(trained.bundle).model
        assert base.iloc[0] == pytest.approx(_base(trained, model), abs=1e-9)


def _base(trained, model):
    catalogue = FeatureSettings.parse(read_bundle(trained.bundle).configuration["features"])
    one = pipeline_score(trained.new.head(1), open_store(trained.profiles), catalogue, model).features
    return model.contributions(one)[0, -1]


def test_csv_has_every_digit_and_the_same_reasons(trained, scores, tmp_path):
    result = trained.score(tmp_path / "night.csv")
    found = pd.read_csv(result.paths["scores"], dtype=str)
    for name in (
        "margin",
        "probability",
        "selection_propensity",
        *(f"contribution_{group}" for group in GROUPS),
    ):
        assert np.array_equal(found[name].astype("float64"), scores[name], equal_nan=True), name
    assert found["declaration_id"].tolist() == scores["declaration_id"].tolist()
    for text, reasons in zip(found["reasons"], scores["reasons"], strict=True):
        assert (reasons is None and pd.isna(text)) or json.loads(text) == list(reasons)


# Every row is accounted for


@pytest.fixture(scope="module")
def soiled(trained):
    """The new weeks with five bad records, their numbers and the codes they must get."""
    frame = trained.new.head(200).astype(object)
    frame.loc[3, "net_mass"] = "1,5"
    frame.loc[10, "origin_country"] = "Q9"
    frame.loc[50, "declaration_id"] = frame.loc[51, "declaration_id"]
    frame.loc[50, "item_number"] = frame.loc[51, "item_number"]
    frame.loc[199, "customs_value"] = "-4"
    expected = {(4, "number-format"), (11, "country-format"), (51, "duplicate-id"), (52, "duplicate-id")}
    return frame, {*expected, (200, "negative-number")}


@pytest.mark.parametrize("out", ["night.csv", "night.parquet", "a folder"])
def test_accepted_and_rejected_are_what_was_read(trained, soiled, scores, tmp_path, out):
    frame, expected = soiled
    result = trained.score(tmp_path / out, write_csv(frame, tmp_path / "soiled.csv"), batch_rows=64)
    read = pd.read_csv if out.endswith(".csv") else pd.read_parquet
    found, rejects = read(result.paths["scores"]), read(result.paths["rejects"])
    assert result.exit_code == ExitCode.DONE_WITH_REJECTS == 3
    assert {k: result.counts[k] for k in ("read", "accepted", "rejected")} == {
        "read": 200,
        "accepted": 195,
        "rejected": 5,
    }
    assert len(found) == 195
    assert set(zip(rejects["record_number"], rejects["code"], strict=True)) == expected
    assert rejects.set_index("record_number").loc[4, ["column", "value"]].tolist() == ["net_mass", "1,5"]
    assert rejects["sentence"].str.len().min() > 20
    margins = scores.set_index(["declaration_id", "item_number"])["margin"]
    keys = list(zip(found["declaration_id"], found["item_number"].astype(str), strict=True))
    assert found["margin"].to_numpy() == pytest.approx(margins.loc[keys].to_numpy(), rel=1e-14)


def test_a_file_without_bad_rows_ends_with_zero_and_an_empty_list(scored):
    assert scored.exit_code == ExitCode.DONE == 0
    rejects = pd.read_parquet(scored.paths["rejects"])
    assert len(rejects) == 0
    assert list(rejects) == ["record_number", "declaration_id", "column", "value", "code", "sentence"]


def test_a_file_of_bad_rows_only_gives_an_empty_score_file(trained, tmp_path):
    frame = trained.new.head(3).assign(registered_on="yesterday")
    result = trained.score(tmp_path / "x.csv", write_csv(frame, tmp_path / "bad.csv"))
    assert (result.counts["accepted"], result.counts["rejected"]) == (0, 3)
    assert result.exit_code == ExitCode.DONE_WITH_REJECTS
    assert pd.read_csv(tmp_path / "x.csv").columns.tolist() == SCHEMA.names


ODD = [
    "=1+1",
    "<script>alert(1)</script>",
    "Ölquelle 中 ✓",
    "a\x1fb",
    "-5",
    "NA",
    "007",
    'it\'s, "so"',
    "${HOME}",
]


@pytest.mark.parametrize("out", ["x.csv", "x.parquet"])
def test_ids_are_echoed_verbatim(trained, tmp_path, out):
    frame = trained.new.head(len(ODD) + 1).assign(declaration_id=[*ODD, "two\nlines"])
    rules = chosen("declarations", "canonical", multiline=True)
    result = trained.score(tmp_path / out, write_csv(frame, tmp_path / "odd.csv"), declarations=rules)
    read = {"dtype": str, "keep_default_na": False}
    path = result.paths["scores"]
    found = pd.read_csv(path, **read) if out.endswith("csv") else pd.read_parquet(path)
    assert sorted(found["declaration_id"]) == sorted([*ODD, "two\nlines"])
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        {"odd.csv", *(path.name for path in result.paths.values())}
    )


def test_cells_for_a_spreadsheet_are_marked_on_request(trained, tmp_path):
    frame = trained.new.head(2).assign(declaration_id=["=1+1", "plain"])
    trained.score(tmp_path / "x.csv", write_csv(frame, tmp_path / "odd.csv"), spreadsheet_safe=True)
    assert sorted(pd.read_csv(tmp_path / "x.csv")["declaration_id"]) == ["'=1+1", "plain"]


# The manifest


def test_the_manifest_names_what_went_in_and_what_came_out(trained, scored):
    manifest = read_json(scored.paths["manifest"])
    assert manifest["input"] == {
        "file": "new.csv",
        "sha256": sha256_file(trained.new_file),
        "bytes": trained.new_file.stat().st_size,
    }
    outputs = {path.name: sha256_file(path) for name, path in scored.paths.items() if name != "manifest"}
    assert manifest["outputs"] == outputs
    assert manifest["counts"] == scored.counts
    assert manifest["bundle_id"] == scored.numbers["bundle_id"]
    assert manifest["previous"] is None
    assert str(trained.new_file.parent) not in json.dumps(manifest)


def test_manifests_form_a_chain_even_under_the_same_name(trained, tmp_path):
    few = write_csv(trained.new.head(20), tmp_path / "few.csv")
    (tmp_path / "manifest.json").write_text('{"of": "another program"}')
    links = []
    for name in ("monday", "tuesday", "tuesday", "monday"):
        path = trained.score(tmp_path / f"{name}.csv", few).paths["manifest"]
        links.append((path.name, sha256_file(path), read_json(path)["previous"]))
    assert links[0][2] is None
    for (name, sha, _), (_, _, previous) in pairwise(links):
        assert previous == {"file": name, "sha256": sha}


def test_scoring_again_gives_the_same_bytes(trained, scored, tmp_path):
    again = trained.score(tmp_path / "night.parquet")
    assert sha256_file(again.paths["manifest"]) == sha256_file(scored.paths["manifest"])
    assert bytes_of(again) == bytes_of(scored)


# What is refused, in one sentence


def refused(match):
    return pytest.raises(RedlaneError, match=match)


def test_the_input_is_never_overwritten(trained, tmp_path):
    frame = write_csv(trained.new.head(5), tmp_path / "new.csv")
    before = frame.read_bytes()
    (tmp_path / "link.csv").symlink_to(frame)
    for out in (frame, tmp_path / "link.csv"):
        with refused("would be overwritten"):
            trained.score(out, frame)
    rejects = write_csv(trained.new.head(5), tmp_path / "night.rejects.csv")
    with refused("would be overwritten"):
        trained.score(tmp_path / "night.csv", rejects)
    assert frame.read_bytes() == before == rejects.read_bytes()


def test_scores_do_not_go_into_a_bundle_or_a_store(trained, scored):
    for folder in (trained.bundle, trained.profiles):
        for out in (folder, folder / "scores" / "x.csv"):
            with refused("would lie inside"):
                trained.score(out)
    assert read_bundle(trained.bundle).id == scored.numbers["bundle_id"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bundle": Path("models/nothing")}, "models/nothing"),
        ({"profiles": Path("profiles/nothing")}, "profiles/nothing holds no profiles"),
        ({"profiles_id": "0" * 16}, "never had the profiles id 0000"),
        ({"out": Path("scores.xlsx")}, "ends with '.xlsx'"),
        ({"file": Path("absent.csv")}, "absent.csv"),
        ({"file": Path()}, "folder"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_written(trained, tmp_path, monkeypatch, changes, sentence):
    monkeypatch.chdir(tmp_path)
    standard = {
        "file": trained.new_file,
        "bundle": trained.bundle,
        "out": Path("x.csv"),
        "profiles": trained.profiles,
    }
    with refused(sentence) as caught:
        run_score(**{**standard, **changes})
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["hs_code", "customs_value", "office"])
def test_a_column_the_model_reads_must_be_there(trained, tmp_path, name):
    few = write_csv(trained.new.head(5).drop(columns=name), tmp_path / "few.csv")
    with refused(f"'{name}'"):
        trained.score(tmp_path / "x.csv", few)
    assert [path.name for path in tmp_path.iterdir()] == ["few.csv"]


def test_columns_that_lanes_read_must_be_there(trained, tmp_path):
    lean = trained.new.head(5).drop(columns="description", errors="ignore")
    few = write_csv(lean, tmp_path / "few.csv")
    rule = {"id": "arms", "column": "description", "one_of": ["arms"], "why": "Arms are examined."}
    with refused("mandatory rule 'arms' reads 'description'"):
        trained.score(tmp_path / "x.csv", few, lanes=chosen("lanes", "asycuda", mandatory=[rule]))
    assert [path.name for path in tmp_path.iterdir()] == ["few.csv"]


def test_mandatory_rules_and_offices_reach_the_file(trained, tmp_path):
    rule = {"id": "sea", "column": "office", "one_of": [str(trained.new["office"][0])], "why": "Today all."}
    lanes = chosen("lanes", "asycuda", mandatory=[rule], by="office", per="file")
    trained.score(tmp_path / "x.parquet", lanes=lanes)
    found = pd.read_parquet(tmp_path / "x.parquet")
    held = found.merge(trained.new[["declaration_id", "item_number", "office"]])
    mandatory = held["office"] == trained.new["office"][0]
    assert (held.loc[mandatory, "lane_reason"] == "mandatory").all()
    assert (held.loc[mandatory, "lane"] == "red").all()
    assert set(held.loc[~mandatory & (held["lane"] == "red"), "lane_reason"]) == {"random", "score"}


def test_ranking_by_revenue_needs_a_model_that_gives_it(trained, tmp_path):
    with refused("rank_by=margin"):
        trained.score(tmp_path / "x.csv", lanes=chosen("lanes", "asycuda", rank_by="expected_revenue"))
    assert not list(tmp_path.iterdir())


# Scoring is light


def test_scoring_works_where_nothing_heavy_can_be_imported(trained, scored, tmp_path):
    """LightGBM takes scikit-learn where it finds it; redlane's own code must not need it to score."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv[4:]));"
        "from pathlib import Path; from tests.runs import run_score;"
        "run_score(*map(Path, sys.argv[1:4]))"
    )
    heavy = ["mlflow", "shap", "matplotlib", "sklearn", "hydra", "omegaconf", "rich"]
    paths = [trained.new_file, trained.bundle, tmp_path / "x.parquet"]
    command = [sys.executable, "-c", code, *map(str, paths), *heavy]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert (done.stderr, done.stdout, done.returncode) == ("", "", 0)
    assert (tmp_path / "x.parquet").read_bytes() == bytes_of(scored)


def test_profiles_that_end_long_before_the_file_are_spoken_of(trained, scored, tmp_path):
    assert not any("the profiles end on" in note for note in scored.notes)
    later = trained.new.assign(registered_on=trained.new["registered_on"] + pd.Timedelta(days=40))
    result = trained.score(tmp_path / "later.parquet", write_csv(later, tmp_path / "later.csv"))
    [note] = [note for note in result.notes if "the profiles end on" in note]
    assert str(trained.history["registered_on"].max().date()) in note
