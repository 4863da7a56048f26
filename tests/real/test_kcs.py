"""The Korea Customs Service's files on their published split: what redlane reaches on data nobody here made.

The split leaks (docs/kcs.md): these numbers show that reading, learning and scoring work, not that fraud is found.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods, days
from redlane.declarations.reading import read_declarations
from redlane.evaluation.probe import shuffle_outcomes
from redlane.features.catalogue import FeatureSettings
from redlane.io.files import read_json
from redlane.model.bundle import read_bundle
from redlane.model.settings import LightGBMSettings
from redlane.pipeline import Recipe, fit, score
from redlane.profiles.build import build
from redlane.profiles.store import open_store
from redlane.stages import learning

DATA = Path(os.environ.get("REDLANE_KCS", Path(__file__).parents[3] / "shared" / "data" / "kcs"))
NAMES = ("train.csv", "valid.csv", "test.csv")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all((DATA / name).is_file() for name in NAMES),
        reason=f"no KCS files in {DATA}; REDLANE_KCS=folder says where they are",
    ),
]
QUICKER = ("tracking.enabled=false", "evaluation.bootstrap_repeats=100")
UNCHECKED = ("governance.checks.enabled=false", "governance.assurance.enabled=false")
"""For the second training: the findings of the first one are looked at."""


def redlane(folder: Path, *words: object) -> dict:
    """Run a command line in *folder* as a person would, and give its JSON."""
    command = [sys.executable, "-m", "redlane", *map(str, words), "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def trained(folder: Path, experiment: str, *words: str) -> dict:
    files = [DATA / name for name in NAMES]
    return redlane(folder, "train", *files, f"experiment={experiment}", *QUICKER, *words)


@pytest.fixture(scope="module")
def kcs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kcs")
    return folder, trained(folder, "kcs")


def test_the_published_split_is_reached_and_the_look_up_table_stands_beside(kcs):
    numbers = kcs[1]["numbers"]["all_test_rows"]
    found, table = numbers["redlane"], numbers["goods look-up table"]
    assert found["precision_at_5_pct"][0] >= 0.97
    assert found["precision_at_10_pct"][0] >= 0.93
    assert table["precision_at_5_pct"][0] >= 0.99
    assert any("published split leaks" in note for note in kcs[1]["notes"])
    assert any("repeat the exact goods tuple" in note for note in kcs[1]["notes"])


def test_the_honest_slice_is_ranked_somewhat_better_than_by_chance(kcs):
    numbers = kcs[1]["numbers"]["rows_with_an_unseen_goods_tuple"]
    value, low, _ = numbers["redlane"]["roc_auc"]
    assert 0.60 <= value < 0.67, "above 0.67 suspect a leak"
    assert low > 0.5
    assert len(numbers["redlane"]["precision_at_10_pct"]) == 3


def test_the_checks_find_the_copied_rows_and_no_leak_in_the_features(kcs):
    outcomes = kcs[1]["numbers"]["checks"]
    assert outcomes["RL13"] == "failed"
    assert (outcomes["RL01"], outcomes["RL14"], outcomes["XA01"]) == ("passed", "passed", "passed")


def test_every_row_is_read(kcs):
    counts = kcs[1]["counts"]
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (54_000, 54_000, 0)


def test_the_score_file_holds_the_margins_that_were_evaluated(kcs):
    folder, _ = kcs
    places = ("--bundle", "models/kcs", "--out", "scores/kcs.parquet")
    redlane(folder, "score", DATA / "test.csv", *places, "explanations.rows=none")
    scores = pd.read_parquet(folder / "scores" / "kcs.parquet").set_index("declaration_id")
    bundle, store = read_bundle(folder / "models" / "kcs"), open_store(folder / "profiles" / "kcs")
    catalogue = FeatureSettings.parse(bundle.configuration["features"])
    test = accepted(bundle)[lambda frame: frame["registered_on"] >= "2021-04-01"].reset_index(drop=True)
    margin = score(test, store, catalogue, bundle.model).margin
    assert len(test) == read_json(folder / "scores" / "kcs.manifest.json")["counts"]["accepted"]
    assert np.array_equal(scores.loc[test["declaration_id"], "margin"].to_numpy(), margin)


def accepted(bundle) -> pd.DataFrame:
    rules = DeclarationFormat.parse(bundle.configuration["declarations"])
    return read_declarations([DATA / name for name in NAMES], rules).frame


def test_with_the_tuple_itself_as_a_key_the_leak_is_complete(tmp_path):
    numbers = trained(tmp_path, "kcs_published", *UNCHECKED)["numbers"]["all_test_rows"]["redlane"]
    assert numbers["precision_at_5_pct"][0] >= 0.995
    assert numbers["precision_at_10_pct"][0] >= 0.99


def test_shuffled_outcomes_give_nothing_to_find(kcs):
    """Dealt anew within weeks, outcomes no longer follow the goods tuple, repeated or not."""
    folder, _ = kcs
    bundle = read_bundle(folder / "models" / "kcs")
    frame = accepted(bundle)
    catalogue = FeatureSettings.parse(bundle.configuration["features"])
    values = {**bundle.configuration["model"], "rounds": 40, "refit": False, "num_threads": 1}
    recipe = Recipe(catalogue, LightGBMSettings.parse(values))
    periods = Periods.parse(bundle.configuration["periods"])
    areas = []
    for seed in range(3):
        dealt = shuffle_outcomes(frame, seed)
        split = periods.split(
            days(dealt["registered_on"]), days(dealt["outcome_known_on"]), learning.labelled(dealt)
        )
        profiles = build(dealt, catalogue.needs())
        model = fit(dealt, profiles, split, recipe)
        test = dealt[split.test].reset_index(drop=True)
        areas.append(roc_auc_score(test["irregular"], score(test, profiles, catalogue, model).margin))
    assert abs(np.mean(areas) - 0.5) < 0.02
