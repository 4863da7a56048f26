"""Every check finds what is planted for it, stays quiet where nothing is, and says where it cannot look."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redlane.evaluation.comparison import Rows
from redlane.features import catalogue as features_catalogue
from redlane.features.catalogue import FeatureSettings, build
from redlane.features.family import Family
from redlane.features.spec import Feature
from redlane.governance.checks.catalogue import CHECKS, run_checks
from redlane.governance.document import checks_page
from redlane.governance.settings import CheckSettings
from redlane.pipeline import Recipe
from redlane.profiles.build import build as build_profiles
from tests.governance.studies import rows_of, with_columns, with_features

GATES = CheckSettings(probe=False, weeks_warning=6)
LOOKS = {check.code: (check, look) for check, look in CHECKS}
GOODS = ["hs_code", "departure_country", "origin_country", "duty_rate", "tax_type", "net_mass"]


def found(code, study, settings=GATES):
    check, look = LOOKS[code]
    return check.finding(lambda: look(study, settings))


def rows_learnt_from_are_judged(study):
    both = [
        pd.concat([test, past[:5]])
        for test, past in (
            (study.test.declarations, study.past.declarations),
            (study.test.features, study.past.features),
        )
    ]
    return replace(study, test=Rows(*(frame.reset_index(drop=True) for frame in both)))


def outcomes_before_their_day(study):
    frame = study.declarations.copy()
    frame.loc[:2, "outcome_known_on"] = frame.loc[:2, "registered_on"] - pd.Timedelta(days=1)
    return replace(study, declarations=frame)


def outcomes_on_the_day(study):
    return replace(
        study, declarations=study.declarations.assign(outcome_known_on=study.declarations["registered_on"])
    )


def twice_as_many_findings(study):
    luck = np.random.default_rng(1).random(len(study.test.declarations)) < 0.6
    return with_columns(study, irregular=np.maximum(study.test.irregular, luck))


def hardly_a_finding(study):
    return with_columns(study, irregular=(np.arange(len(study.test.declarations)) < 20).astype(float))


def a_week(study):
    return with_columns(study, registered_on=study.test.declarations["registered_on"].iloc[0])


def feature(**changes):
    """A fault in a feature: its values by period, from the rows."""

    def change(frame, period, rows):
        return frame.assign(**{name: make(frame, period, rows) for name, make in changes.items()})

    return lambda study: with_features(study, change)


def half_missing(frame, period, rows):
    return frame["mass"].where((np.arange(len(frame)) % 2 == 0) | (period == "past"))


def new_codes(frame, period, rows):
    return (
        frame["mode"]
        if period == "past"
        else frame["mode"].replace("sea", "maritime").replace("air", "aerial")
    )


def outcome_with_noise(frame, period, rows):
    return rows.irregular + np.random.default_rng(2).normal(0, 0.2, len(frame))


def clock(frame, period, rows):
    return rows.declarations["registered_on"].astype("int64") / 1e9


def running_number(frame, period, rows):
    return np.random.default_rng(3).permutation(len(frame)) * 3.0


def copied_with_their_outcome(study):
    rng = np.random.default_rng(4)
    test, past = study.test.declarations.copy(), study.past.declarations
    to, source = (
        rng.choice(len(test), len(test) // 2, replace=False),
        rng.integers(0, len(past), len(test) // 2),
    )
    for name in [*GOODS, "irregular"]:
        test.loc[to, name] = past[name].to_numpy()[source]
    return replace(study, test=Rows(test, study.test.features), model=None)


def equal_rows_dealt_by_lot(study):
    again = study.declarations.iloc[np.repeat(np.arange(200), 2)].reset_index(drop=True)
    return replace(
        study, declarations=again.assign(irregular=np.random.default_rng(5).integers(0, 2, 400) * 1.0)
    )


def equal_rows_that_agree(study):
    again = study.declarations.iloc[np.repeat(np.arange(200), 2)].reset_index(drop=True)
    return replace(study, declarations=again)


def without_propensity(study):
    return replace(study, declarations=study.declarations.drop(columns="selection_propensity"))


def other_trade(study):
    return with_columns(study, customs_value=study.test.declarations["customs_value"] * 1000)


PLANTED = [
    ("RL01", rows_learnt_from_are_judged, "failed"),
    ("RL02", outcomes_before_their_day, "failed"),
    ("RL02", outcomes_on_the_day, "warning"),
    ("RL03", twice_as_many_findings, "failed"),
    ("RL04", hardly_a_finding, "failed"),
    ("RL04", a_week, "failed"),
    ("RL05", feature(mass=lambda frame, *_: 1.0), "warning"),
    ("RL06", feature(mass=lambda frame, *_: frame["price"]), "warning"),
    ("RL06", feature(mass=lambda frame, *_: 3 - 2 * frame["price"]), "warning"),
    ("RL07", feature(mass=half_missing), "failed"),
    ("RL08", feature(mode=new_codes), "failed"),
    ("RL09", feature(mass=clock), "failed"),
    ("RL09", feature(mass=running_number), "failed"),
    ("RL09", feature(mode=lambda frame, *_: [f"T{i}" for i in range(len(frame))]), "failed"),
    ("RL10", equal_rows_dealt_by_lot, "warning"),
    ("RL10", equal_rows_that_agree, "passed"),
    ("RL11", without_propensity, "warning"),
    ("RL12", feature(mass=outcome_with_noise), "failed"),
    ("RL13", copied_with_their_outcome, "failed"),
    ("RL15", other_trade, "failed"),
]


@pytest.mark.parametrize(
    ("code", "plant", "outcome"), PLANTED, ids=lambda value: getattr(value, "__name__", value)
)
def test_what_is_planted_is_found(clean, code, plant, outcome):
    finding = found(code, plant(clean))
    assert finding.outcome == outcome, finding.sentence
    assert finding.meaning.endswith(LOOKS[code][0].clear if outcome == "passed" else LOOKS[code][0].mend)


def test_a_clean_study_is_quiet(fitted):
    outcomes = {finding.code: finding.outcome for finding in run_checks(fitted, GATES)}
    assert list(outcomes) == list(LOOKS)
    assert {outcomes.pop(code) for code in ("RL10", "RL14")} == {"not_applicable"}
    assert [code for code, outcome in outcomes.items() if outcome != "passed"] == []


def test_the_same_study_gives_the_same_findings(fitted):
    assert run_checks(fitted, GATES) == run_checks(replace(fitted), GATES)


def test_a_leaking_feature_is_held_against_the_model_where_there_is_one(clean):
    leaking = feature(mass=outcome_with_noise)(clean)
    finding = found("RL12", replace(leaking, model=leaking.retrained()))
    assert finding.failed
    assert "mass" in finding.sentence


def test_a_model_no_better_than_the_look_up_table_fails_on_copied_rows(clean):
    copied = copied_with_their_outcome(clean)
    finding = found("RL13", replace(copied, model=clean.retrained()), CheckSettings(lookup_auc=1.0))
    assert finding.failed == (
        "difference -" in finding.sentence or "-0." in finding.sentence.split("difference")[1]
    )


@pytest.mark.parametrize(
    ("code", "plant", "why"),
    [
        (
            "RL02",
            lambda s: replace(s, declarations=s.declarations.drop(columns="outcome_known_on")),
            "do not say when",
        ),
        ("RL03", lambda s: with_columns(s, irregular=0.0), "no finding"),
        (
            "RL08",
            lambda s: replace(
                s, recipe=Recipe(FeatureSettings.parse({"families": [{"family": "timing"}]}), s.recipe.model)
            ),
            "No feature is a category",
        ),
        (
            "RL13",
            lambda s: replace(s, test=Rows(s.test.declarations.drop(columns=GOODS), s.test.features)),
            "none of",
        ),
        (
            "RL15",
            lambda s: replace(s, test=Rows(s.test.declarations[:50], s.test.features[:50])),
            "fewer than",
        ),
    ],
)
def test_what_cannot_be_looked_at_says_why(clean, code, plant, why):
    finding = found(code, plant(clean))
    assert (finding.outcome, finding.value) == ("not_applicable", None)
    assert why in finding.sentence


class Peek(Family):
    """A family that reads its own row's outcome, as no family may."""

    family: str = "peek"

    def features(self):
        return (Feature("peek", "Peek", "{value}", "behaviour"),)

    def columns(self):
        return ()

    def compute(self, view):
        return {"peek": view._declarations["irregular"].to_numpy("float64") * 1.0}


@pytest.mark.parametrize(("leak", "outcome"), [(False, "passed"), (True, "failed")])
def test_the_probe_finds_a_feature_that_has_seen_its_label(clean, monkeypatch, leak, outcome):
    monkeypatch.setitem(features_catalogue.FAMILIES, "peek", Peek)
    history = {
        "family": "history",
        "key": ["importer_id"],
        "windows": ["all"],
        "measures": ["count", "hit_rate"],
    }
    settings = FeatureSettings.parse({"families": [history, *([{"family": "peek"}] if leak else [])]})
    computed = build(clean.declarations, build_profiles(clean.declarations, settings.needs()), settings)
    rows = [rows_of(clean.declarations, computed, mask) for mask in (~clean.split.test, clean.split.test)]
    study = replace(clean, past=rows[0], test=rows[1], recipe=Recipe(settings, clean.recipe.model))
    finding = found("RL14", study, CheckSettings(probe_rounds=20))
    assert finding.outcome == outcome, finding.sentence


def test_every_check_has_a_planted_fault_and_its_own_code():
    codes = [check.code for check, _ in CHECKS]
    assert len(set(codes)) == len(codes)
    assert set(codes) == {code for code, _, outcome in PLANTED if outcome != "passed"} | {"RL14"}


def test_the_page_is_what_the_catalogue_says():
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page == checks_page(), "run: make docs"
    assert all(re.search(rf"^### {code} ", page, re.MULTILINE) for code in LOOKS)
