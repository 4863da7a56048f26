"""Another kind of transaction, with settings alone: card payments from a file to lanes and reasons."""

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from redlane import cli
from redlane.model.bundle import read_bundle
from tests.payments import RECIPE, payments

NEW_FROM = "2025-04-24"
QUICK = [
    "model.rounds=60",
    "model.members=1",
    "model.early_stopping_rounds=0",
    "model.learning_rate=0.1",
    "model.revenue=null",
]
CUSTOMS = re.compile(r"importer|seller|declar|customs|inspection|irregularity", re.IGNORECASE)


def called(*words: str) -> dict[str, Any]:
    """The command line's result."""
    with redirect_stdout(io.StringIO()) as said:
        assert cli.main([*words, "--json"]) == 0
    result: dict[str, Any] = json.loads(said.getvalue())
    return result


def learnt(folder: Path, frame: pd.DataFrame) -> dict[str, Any]:
    """Train on the payments of *frame*, as docs/payments.md says; the numbers of the test period."""
    frame.to_csv(folder / "payments.csv", index=False)
    settings = ["experiment=payments", "tracking.enabled=false", "evaluation.bootstrap_repeats=20", *QUICK]
    places = ["--bundle", str(folder / "models/p"), "--profiles", str(folder / "profiles/p")]
    result = called("train", str(folder / "payments.csv"), "--config-dir", str(RECIPE), *places, *settings)
    numbers: dict[str, Any] = result["numbers"]["all_test_rows"]
    return numbers


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payments")


@pytest.fixture(scope="module")
def numbers(folder: Path) -> dict[str, Any]:
    frame = payments()
    return learnt(folder, frame[frame["TX_DATETIME"] < NEW_FROM])


@pytest.fixture(scope="module")
def scored(numbers: dict[str, Any], folder: Path) -> pd.DataFrame:
    """The payments of the last week, with their truth."""
    frame = payments()
    new = frame[frame["TX_DATETIME"] >= NEW_FROM]
    new.drop(columns=["TX_FRAUD", "TX_FRAUD_SCENARIO"]).to_csv(folder / "new.csv", index=False)
    bundle, out = str(folder / "models/p"), str(folder / "scores.parquet")
    called("score", str(folder / "new.csv"), "--bundle", bundle, "--out", out)
    truth = new.astype({"TRANSACTION_ID": "str"}).rename(columns={"TRANSACTION_ID": "declaration_id"})
    return pd.read_parquet(out).merge(truth, on="declaration_id", validate="one_to_one")


def test_the_recipe_is_settings_and_nothing_else() -> None:
    assert {file.suffix for file in RECIPE.rglob("*") if file.is_file()} == {".yaml"}


def test_planted_fraud_is_found_and_better_than_by_history_alone(numbers: dict[str, Any]) -> None:
    ranked = {
        name: found["average_precision"]
        for name, found in numbers.items()
        if name not in ("rows", "base_rate")
    }
    assert numbers["redlane"]["roc_auc"][0] > 0.8
    assert ranked["redlane"][1] > 2 * max(ranked["customer history"][0], ranked["terminal history"][0])
    assert not {"importer history", "goods look-up table", "unit-price rule"} & set(ranked)


def test_each_scenario_is_found_in_a_file_of_new_payments(scored: pd.DataFrame) -> None:
    for scenario, least in ((2, 0.7), (3, 0.85)):
        among = scored[scored["TX_FRAUD_SCENARIO"].isin([0, scenario])]
        assert roc_auc_score(among["TX_FRAUD"], among["margin"]) > least, scenario
    chosen = scored[scored["lane_reason"] == "score"]
    assert chosen["TX_FRAUD"].mean() > 2.5 * scored["TX_FRAUD"].mean()


def test_shuffled_outcomes_find_nothing(tmp_path: Path) -> None:
    frame = payments()
    shuffled = np.random.default_rng(1).permutation(frame["TX_FRAUD"])
    area = learnt(tmp_path, frame.assign(TX_FRAUD=shuffled))["redlane"]["roc_auc"][0]
    assert abs(area - 0.5) < 0.05


def test_officers_read_of_payments_customers_and_terminals(scored: pd.DataFrame) -> None:
    sentences = [reason["sentence"] for reasons in scored["reasons"].dropna() for reason in reasons]
    assert not [sentence for sentence in sentences if CUSTOMS.search(sentence)]
    told = " ".join(sentences)
    assert "checked payments of this terminal were fraud" in told
    assert "times the average of this customer" in told


def test_no_meaning_speaks_of_customs_either(numbers: dict[str, Any], folder: Path) -> None:
    specs = read_bundle(folder / "models/p").specs
    assert not [spec.meaning for spec in specs if CUSTOMS.search(spec.meaning + spec.unit)]
    assert {"hour", "importer_count_1d", "seller_hit_rate_30d"} <= {spec.name for spec in specs}
