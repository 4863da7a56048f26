"""Left out, what carries the signal is missed and what is noise is not; nothing is called a loss that is luck."""

from dataclasses import replace

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.governance.ablation import FULL, WORDS, ablate, variants
from redlane.governance.settings import AblationSettings
from redlane.stages import ablate as stage
from tests.governance.studies import SPECS, study

BY_GROUP = AblationSettings(by="group", rate=0.1)
WORSE, LUCK = WORDS["worse"], WORDS["luck"]


@pytest.fixture(scope="module")
def by_day(clean):
    """Every tree sees every feature, for with four of them chance would decide much; days make many blocks."""
    recipe = replace(clean.recipe, model=clean.recipe.model.model_copy(update={"feature_fraction": 1.0}))
    return replace(clean, recipe=recipe, evaluation=clean.evaluation.model_copy(update={"block": "day"}))


@pytest.fixture(scope="module")
def table(by_day):
    return ablate(by_day, BY_GROUP)


def deciding(table):
    return table[table["decides"]].set_index("variant")


def test_what_carries_the_signal_is_missed(table):
    row = deciding(table).loc["without valuation"]
    assert (row["verdict"], row["high"] < 0) == (WORSE, True)
    assert row["difference"] == pytest.approx(row["value"] - row["all_features"])
    assert deciding(table).loc["without behaviour", "difference"] < -0.02


def test_the_loss_of_noise_is_not_told_from_luck(table):
    for part in ("quantity", "origin"):
        assert deciding(table).loc[f"without {part}", "verdict"] == LUCK


def test_noise_alone_finds_nothing(table, clean):
    row = deciding(table).loc["alone quantity"]
    assert row["value"] < 1.3 * clean.test.irregular.mean()
    assert row["verdict"] == WORSE


def test_every_measure_is_there_for_every_variant(table):
    counts = table.groupby("variant").size()
    assert set(table["measure"]) == {"average_precision", "precision", "recall", "revenue"}
    assert counts.nunique() == 1
    assert FULL not in counts.index
    assert set(table.loc[table["measure"] != "average_precision", "cut"]) == {"10 %"}


def test_parts_cover_all_features_once(clean):
    listed = variants(clean, BY_GROUP)
    alone = [spec for each in listed if each.how == "alone" for spec in each.features]
    assert sorted(spec.name for spec in alone) == sorted(spec.name for spec in SPECS)
    assert all(len(each.features) == 3 for each in listed if each.how == "without")
    only = BY_GROUP.model_copy(update={"only": ("origin",), "alone": False})
    assert [each.name for each in variants(clean, only)] == ["without origin"]


def test_a_part_that_does_not_exist_is_refused_by_name(clean):
    with pytest.raises(RedlaneError, match=r"no part 'prices'; known are valuation"):
        variants(clean, AblationSettings(by="group", only=("prices",)))


def test_with_nothing_to_find_no_part_is_called_a_loss():
    dull = study(3)
    luck = np.random.default_rng(9).permutation
    shuffled = replace(
        dull,
        past=type(dull.past)(
            dull.past.declarations.assign(irregular=luck(dull.past.irregular)), dull.past.features
        ),
        test=type(dull.test)(
            dull.test.declarations.assign(irregular=luck(dull.test.irregular)), dull.test.features
        ),
    )
    verdicts = deciding(ablate(shuffled, BY_GROUP.model_copy(update={"alone": False})))["verdict"]
    assert WORSE not in set(verdicts)


def test_the_terminal_says_plainly_what_is_luck(table):
    shown = {each.title: each for each in stage._tables(table)}
    frame = shown["Without a part of the features"].frame
    assert frame["part"].iloc[0] in ("valuation", "behaviour")
    assert frame.set_index("part").loc["quantity", "average precision is"] in (
        LUCK,
        WORDS["better"],
        WORDS["same"],
    )
    assert all("(" in text for text in frame["average precision"])
