"""Importers who invent figures are found by their digits: planted ones rank above honest ones."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.profiles.build import build
from redlane.profiles.digitcounts import DigitReference
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds

REFERENCE = DigitReference()


def _uniform(random, n):
    """Every digit alike: figures drawn from the air."""
    return random.integers(1, 10, n) * 10.0 ** random.integers(1, 5, n) + np.round(random.uniform(0, 9, n), 2)


def _favourites(random, n):
    """What people write when asked for an arbitrary figure: sevens, threes and fives, seldom ones."""
    first = random.choice(9, n, p=[0.10, 0.10, 0.15, 0.08, 0.14, 0.10, 0.17, 0.09, 0.07]) + 1
    return np.round(first * 10.0 ** random.integers(1, 5, n) * random.uniform(1, 1.09, n), 2)


def _just_below(random, n):
    """A third of the figures kept just under a round border, the rest as they come."""
    honest = np.round(10 ** random.uniform(1, 5, n), 2)
    return np.where(random.random(n) < 1 / 3, np.round(random.uniform(900, 999, n), 2), honest)


def _declarations(random, party, values):
    n = len(values)
    return pd.DataFrame(
        {
            "declaration_id": [f"{party}-{i}" for i in range(n)],
            "registered_on": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(random.integers(0, 330, n), unit="D"),
            "importer_id": party,
            "hs_code": random.choice(["010121", "620342", "620343", "870323"], n),
            "customs_value": values,
        }
    )


@pytest.mark.parametrize("invent", [_uniform, _favourites, _just_below])
def test_planted_importers_rank_above_honest_ones(invent):
    random = np.random.default_rng(7)
    sizes = random.integers(120, 600, 120)
    honest = [
        _declarations(random, f"H{i}", np.round(10 ** random.uniform(1, 5, n), 2))
        for i, n in enumerate(sizes)
    ]
    planted = [_declarations(random, f"P{i}", invent(random, n)) for i, n in enumerate(sizes[:20])]
    frame = pd.concat([*honest, *planted], ignore_index=True)
    asked = frame.drop_duplicates("importer_id").assign(registered_on=pd.Timestamp("2024-12-30"))
    profiles = build(frame, ProfileNeeds(digits=(REFERENCE,)))
    found = profiles.before("digits", REFERENCE, KeyHashes(asked), days(asked["registered_on"]))
    assert (found["eligible"] == 1).mean() > 0.9
    score = np.nan_to_num(found["excess"])
    is_planted = asked["importer_id"].str.startswith("P").to_numpy()
    assert _area(score, is_planted) >= 0.9
    flagged = found["q_value"] <= 0.05
    assert flagged[~is_planted].mean() <= 0.03
    assert flagged[is_planted].mean() >= 0.8


def _area(score, planted):
    """ROC-AUC: how often a planted importer stands above an honest one."""
    above, below = score[planted][:, None], score[~planted][None, :]
    return float(((above > below) + 0.5 * (above == below)).mean())
