"""A search space says what is tried, in typed entries; what would change the judgement is not among them."""

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.declarations.periods import Periods
from redlane.errors import RedlaneError
from redlane.model.settings import LightGBMSettings
from redlane.model.weighting import Weighting
from redlane.tuning.applying import Basis, applied
from redlane.tuning.space import SearchSpace
from tests.runs import chosen

WHOLE = SearchSpace.parse(
    {
        "entries": {
            "model.learning_rate": {"kind": "float", "low": 0.01, "high": 0.5, "log": True},
            "model.num_leaves": {"kind": "int", "low": 3, "high": 40},
            "weighting.repeat_weight": {"kind": "categorical", "choices": [0.1, 1.0]},
            "features.families.timing": {"kind": "categorical", "choices": [True, False]},
            "features.families.history.prior_weight": {"kind": "float", "low": 1, "high": 50},
            "periods.tune_days": {"kind": "int", "low": 30, "high": 90},
        }
    }
)
BASIS = Basis(chosen("features", "first"), LightGBMSettings(), Weighting(), Periods(tune_from="2024-05-01"))


@given(st.integers(0, 1000))
def test_what_is_suggested_lies_inside_and_is_applied_as_it_is(seed):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed))
    values = WHOLE.suggest(study.ask())
    assert WHOLE.inside(values) == values and set(values) == set(WHOLE.entries)
    changed = applied(BASIS, values, lambda name: None)
    assert {key: changed.value(key) for key in values} == values
    assert {type(changed.value(key)) for key in ("model.num_leaves", "periods.tune_days")} == {int}


def test_only_what_is_named_changes_and_a_stated_day_gives_way_to_its_number():
    changed = applied(BASIS, {"model.num_leaves": 9, "periods.tune_days": 33}, lambda name: None)
    assert changed.model == BASIS.model.model_copy(update={"num_leaves": 9})
    assert (changed.features, changed.weighting) == (BASIS.features, BASIS.weighting)
    assert (changed.periods.tune_days, changed.periods.tune_from) == (33, None)


def test_families_are_kept_left_out_and_set_and_whole_files_chosen():
    without = applied(BASIS, {"features.families.unit_price": False}, lambda name: None).features
    assert {family.family for family in BASIS.features.families} - {
        family.family for family in without.families
    } == {"unit_price"}
    weights = applied(BASIS, {"features.families.history.prior_weight": 3.0}, lambda name: None).features
    assert {family.prior_weight for family in weights.families if family.family == "history"} == {3.0}
    other = applied(
        BASIS, {"features": "kcs", "features.families.duty": False}, lambda name: chosen("features", name)
    )
    assert [family.family for family in other.features.families] == ["history", "amounts", "codes"]


@pytest.mark.parametrize(
    ("key", "entry", "sentence"),
    [
        ("periods.test_from", {"kind": "int", "low": 1, "high": 2}, "would change what trials are judged on"),
        ("evaluation.seed", {"kind": "int", "low": 1, "high": 2}, "keys begin with model, features"),
        ("model", {"kind": "categorical", "choices": ["a"]}, "cannot be searched"),
        ("model.num_leaves", {"kind": "int", "low": 5, "high": 5}, "must be below"),
        ("model.num_leaves", {"kind": "float", "low": 0, "high": 5, "log": True}, "log needs low above 0"),
        ("features.families.codes", {"kind": "int", "low": 0, "high": 1}, "give true and false"),
        ("features.codes", {"kind": "categorical", "choices": [True]}, "neither features.families.NAME"),
        ("features", {"kind": "categorical", "choices": [1]}, "give their names as choices"),
        ("model.num_leaves", {"kind": "gauss"}, "kind"),
    ],
)
def test_entries_that_make_no_sense_are_refused_in_one_sentence(key, entry, sentence):
    with pytest.raises(RedlaneError, match=sentence) as caught:
        SearchSpace.parse({"entries": {key: entry}}, "search")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"model.num_leafs": 3}, "'model.num_leafs' is no setting of the model"),
        ({"model.num_leaves": 1}, "num_leaves"),
        ({"features.families.nonesuch": False}, "no family 'nonesuch'; they have history"),
        ({"features.families.history.wait": 3}, "wait"),
    ],
)
def test_values_that_are_no_settings_are_refused_by_name(values, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        applied(BASIS, values, lambda name: None)
