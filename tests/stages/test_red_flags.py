"""A flag of one's own, from a folder of one's own: trained with, scored with, reported, made mandatory."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from redlane import cli
from redlane.features.spec import GROUPS
from redlane.model.bundle import read_bundle
from tests.runs import declared, world, write_csv

OWN = """# Ours.
defaults: [default]
catalogue:
  XX01:
    version: 7
    title: Came by air
    group: quantity
    severity: low
    parameters: {modes: ["4"]}
    expression: transport_mode in modes
    sentence: "{net_mass} kg came by mode {modes}"
    source: our own experience
  XX02:
    version: 1
    title: A slip of the pen
    group: quantity
    severity: low
    expression: rondness >= 3
    sentence: "round"
    source: our own experience
  RF12: null
"""
FEATURES = """# Few, to be quick.
name: catalogue
families:
  - {family: novelty, keys: [[importer_id, origin_country]]}
  - {family: route, preference: true}
  - {family: amounts, amounts: [customs_value, net_mass, roundness]}
  - {family: flags}
"""
LANES = """# A flag makes red.
name: asycuda
capacity: 5%
mandatory:
  - {id: air, flag: FLAG, why: By air.}
"""
QUICK = [
    "model.rounds=15",
    "model.early_stopping_rounds=0",
    "model.revenue=null",
    "model.min_data_in_leaf=15",
]
PERIODS = [
    "periods.maturity_days=0",
    "periods.burn_in_days=28",
    "periods.tune_days=28",
    "periods.test_days=35",
    "tracking.enabled=false",
    "evaluation.bootstrap_repeats=20",
]


@dataclass(frozen=True)
class Files:
    """History to learn from, and the weeks after it."""

    history_file: Path
    new_file: Path
    new: pd.DataFrame


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    everything = world(weeks=20, declarations_per_week=120)
    past = everything["registered_on"] <= everything["registered_on"].max() - pd.Timedelta(weeks=2)
    new = declared(everything[~past]).reset_index(drop=True)
    everything[past].reset_index(drop=True).to_parquet(folder / "history.parquet")
    return Files(folder / "history.parquet", write_csv(new, folder / "new.csv"), new)


@pytest.fixture(scope="module")
def own(files, tmp_path_factory):
    """A folder with flags, features and lanes of one's own, and the bundle trained with them."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in {
        "flags/own": OWN,
        "features/few": FEATURES,
        "lanes/air": LANES.replace("FLAG", "XX01"),
        "lanes/wrong": LANES.replace("FLAG", "XX03"),
        "lanes/lost": LANES.replace("FLAG", "XX02"),
    }.items():
        (folder / f"{name}.yaml").parent.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(text)
    words = ["train", str(files.history_file), "--bundle", str(folder / "models/own")]
    words += ["--profiles", str(folder / "profiles/own"), "--config-dir", str(folder)]
    assert cli.main([*words, "flags=own", "features=few", *QUICK, *PERIODS]) == 0
    return folder


def score(own, files, out, *words):
    command = ["score", str(files.new_file), "--bundle", str(own / "models/own"), "--out", str(out)]
    return cli.main([*command, "--config-dir", str(own), *words])


def test_the_bundle_keeps_the_flags_it_was_trained_with(own):
    bundle = read_bundle(own / "models/own")
    [family] = [each for each in bundle.configuration["features"]["families"] if each["family"] == "flags"]
    assert family["catalogue"]["XX01"]["version"] == 7
    assert "RF12" not in family["catalogue"]
    assert {"flag_XX01", "flag_RF11", "flags_quantity"} <= set(bundle.model.features)


def test_its_sentence_its_group_and_what_is_unknown_stand_in_the_score_file(own, files, tmp_path, capsys):
    (own / "flags" / "own.yaml").rename(own / "flags" / "gone.yaml")  # the bundle knows them by itself
    try:
        assert score(own, files, tmp_path / "s.parquet", "lanes=air", "explanations.rows=all") == 0
    finally:
        (own / "flags" / "gone.yaml").rename(own / "flags" / "own.yaml")
    assert "XX02 (nothing offers 'rondness'; the nearest name is 'roundness')" in capsys.readouterr().out
    scores = pq.read_table(tmp_path / "s.parquet").to_pandas()
    new = files.new.astype({"declaration_id": str}).set_index(["declaration_id", "item_number"])
    by_air = (
        new.transport_mode.loc[pd.MultiIndex.from_frame(scores[["declaration_id", "item_number"]])] == "4"
    )
    told = [{flag["id"]: flag for flag in flags} for flags in scores["flags"]]
    assert [("XX01" in flags) for flags in told] == by_air.tolist()
    one = next(flags["XX01"] for flags in told if "XX01" in flags)
    assert (one["version"], one["group"]) == (7, "quantity")
    assert one["sentence"].endswith(" kg came by mode 4")
    assert (scores[by_air.to_numpy()].lane == "red").all()
    assert (scores[by_air.to_numpy()].lane_reason == "mandatory").all()
    counts = scores[[f"flags_{group}" for group in GROUPS]].sum(axis=1)
    assert counts.tolist() == [len(flags) for flags in told]
    assert (scores.flags_not_computed > 0).all()


def test_csv_holds_the_same_as_json_and_null_where_nothing_is_explained(own, files, tmp_path):
    assert score(own, files, tmp_path / "s.csv") == 0
    scores = pd.read_csv(tmp_path / "s.csv", dtype={"declaration_id": str})
    explained = scores["flags"].notna()
    assert (explained == (scores.lane == "red")).all()
    assert all(isinstance(json.loads(text), list) for text in scores["flags"][explained])
    for name in ("suggested_control", "leading_group", "flags_origin", "flags_not_computed"):
        assert scores[name][~explained].isna().all()
    raised = scores["leading_group"].notna()
    assert (scores["suggested_control"].notna() == raised).all() and raised.any()


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        ("wrong", "no red flag 'XX03'; known are RF01"),
        ("lost", "'XX02' cannot be computed for these declarations"),
    ],
)
def test_a_mandatory_flag_without_effect_is_refused_at_start(own, files, tmp_path, capsys, lanes, words):
    assert score(own, files, tmp_path / "s.csv", f"lanes={lanes}") == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_hit_rates_are_shown_and_written(own, files, tmp_path, capsys):
    words = [
        "evaluate",
        str(files.history_file),
        "--bundle",
        str(own / "models/own"),
        "--out",
        str(tmp_path / "e"),
    ]
    assert cli.main([*words, "--config-dir", str(own), "evaluation.bootstrap_repeats=20"]) == 0
    shown = capsys.readouterr().out
    assert "Red flags in the test period" in shown
    shown_table = shown[shown.index("Red flags in the test period") :].split("\nbase rate ")[0]
    assert max(map(len, shown_table.splitlines())) <= 120
    table = pd.read_parquet(tmp_path / "e" / "red_flags.parquet").set_index("flag")
    assert table.not_computed_share["XX02"] == 1
    air = table.loc["XX01"]
    assert 0 < air.inspected <= air.raised <= air.declarations
    assert {"precision", "low", "high", "lift", "verdict"} <= set(table)


def test_a_hostile_flag_of_ones_own_is_one_sentence(own, files, tmp_path, capsys):
    (own / "flags" / "bad.yaml").write_text(
        OWN.replace("rondness >= 3", "__import__('os').system('id') == 0")
    )
    words = [
        "train",
        str(files.history_file),
        "--bundle",
        str(tmp_path / "b"),
        "--profiles",
        str(tmp_path / "p"),
    ]
    assert cli.main([*words, "--config-dir", str(own), "flags=bad", "features=few"]) == 2
    error = capsys.readouterr().err
    assert "flag 'XX02': the expression is refused, at character 1: only abs" in error
    assert "Traceback" not in error
