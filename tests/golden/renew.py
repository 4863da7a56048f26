"""Write the golden files anew, on purpose: ``python -m tests.golden.renew`` after a change of formats or sentences.

With ``--model`` the declarations, the bundle and the profiles are made anew as well, which gives up the promise
that later versions score as this one did: do that only where an old bundle may no longer load.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.declarations.periods import Periods
from redlane.features.catalogue import FeatureSettings
from redlane.io.files import read_json, write_json, write_text
from tests.runs import QUICK, chosen, declared, run_score, run_train, world, write_csv

HERE = Path(__file__).parent
DECLARATIONS = HERE / "declarations.csv"
BUNDLE, PROFILES = HERE / "bundle", HERE / "store"
NAMES = ("scores.csv", "scores.rejects.csv", "scores.manifest.json")
VOLATILE = ("versions", "configuration_sha256", "configuration", "scored_at")

FAMILIES = [
    {"family": "history", "key": ["importer_id"], "windows": ["all"], "measures": ["count", "hit_rate"]},
    {"family": "novelty", "keys": [["importer_id", "hs4"]]},
    {"family": "amounts", "amounts": ["customs_value", "net_mass"]},
    {
        "family": "unit_price",
        "reference": {
            "measure": "price_per_kg",
            "levels": [["hs4"], ["hs2"]],
            "window_days": 365,
            "publish_every_days": 28,
            "minimum_count": 5,
        },
    },
    {"family": "codes", "codes": ["office", "transport_mode"]},
    {
        "family": "flags",
        "catalogue": {
            "G1": {
                "version": 2,
                "title": "Unit price far from its peers",
                "group": "valuation",
                "severity": "high",
                "parameters": {"deviations": 1.0},
                "expression": "abs(price_per_kg_z) > deviations or starts_with(hs_code, ['93'])",
                "sentence": "{price_per_kg_declared} per kg is more than {deviations} deviations from "
                "{price_per_kg_cell}",
                "source": "golden files",
                "same_fact_as": "price_per_kg_z",
            },
            "G2": {
                "version": 1,
                "title": "Departure elsewhere",
                "group": "origin",
                "severity": "low",
                "expression": "origin_country != departure_country",
                "sentence": "origin {origin_country}, departure {departure_country}",
                "source": "golden files",
            },
            "G3": {
                "version": 1,
                "title": "Reads what nothing offers",
                "group": "quantity",
                "severity": "low",
                "expression": "nothing_offers_this > 0",
                "sentence": "never said",
                "source": "golden files",
            },
        },
    },
]


def score_into(folder: Path) -> None:
    """Score the golden declarations with the golden bundle; three files in *folder*."""
    lanes = chosen("lanes", "asycuda", capacity=3, per="file", yellow=2, blue=1, random_share=0.34)
    out = folder / NAMES[0]
    run_score(DECLARATIONS, BUNDLE, out, profiles=PROFILES, lanes=lanes, as_of=date(2030, 1, 1))


def without_versions(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest without what changes from machine to machine or with every new setting."""
    kept = {key: value for key, value in manifest.items() if key not in VOLATILE}
    return {**kept, "outputs": sorted(manifest["outputs"]), "versions": sorted(manifest["versions"])}


def rounded(text: str) -> str:
    """Numbers to eleven digits: the twelfth of a probability may differ from one processor to the next."""
    return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", lambda found: f"{float(found[0]):.11g}", text)


def make_model() -> None:
    """Declarations, profiles and a bundle, small enough to keep."""
    everything = world(weeks=14, declarations_per_week=60, importers=40, goods=60, inspection_rate=0.6)
    everything = everything[[name for name in everything if name not in ("description", "carrier_id")]]
    border = everything["registered_on"].max() - pd.Timedelta(days=7)
    history, new = (
        everything[everything["registered_on"] <= border],
        everything[everything["registered_on"] > border],
    )
    for folder in (BUNDLE, PROFILES):
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        history.reset_index(drop=True).to_parquet(Path(name) / "history.parquet")
        run_train(
            HERE,
            [Path(name) / "history.parquet"],
            bundle=BUNDLE,
            profiles=PROFILES,
            features=FeatureSettings.parse({"families": FAMILIES}),
            model=chosen("model", "lightgbm", **{**QUICK, "rounds": 8, "num_leaves": 4}),
            periods=Periods(burn_in_days=7, tune_days=21, test_days=21),
        )
    soiled = declared(new).head(16).reset_index(drop=True).astype(object)
    soiled.loc[2, "declaration_id"] = '=1+1, "Öl"'
    soiled.loc[5, "customs_value"] = "12,5"
    soiled.loc[9, "origin_country"] = "Q9"
    soiled.loc[11] = soiled.loc[10]
    write_csv(soiled, DECLARATIONS)


if __name__ == "__main__":
    if "--model" in sys.argv[1:]:
        make_model()
    with tempfile.TemporaryDirectory() as name:
        score_into(Path(name))
        for each in NAMES[:2]:
            write_text(HERE / each, (Path(name) / each).read_text())
        write_json(HERE / NAMES[2], without_versions(read_json(Path(name) / NAMES[2])))
