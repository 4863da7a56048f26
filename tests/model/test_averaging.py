"""A model of several sets of trees says their mean, and is one model in every other respect."""

import numpy as np
import pytest

from redlane.model import fit_model
from redlane.model.averaging import averaged
from redlane.model.tree_check import check_trees
from redlane.model.trees import Trees


@pytest.fixture(scope="module")
def members(training, tuning, specs, quick):
    """Models of three seeds, one after the other."""
    seeds = (quick.seed, quick.seed + 1, quick.seed + 2)
    return [fit_model(training, tuning, specs, quick.model_copy(update={"seed": seed})) for seed in seeds]


@pytest.fixture(scope="module")
def mean(members):
    return averaged([model.trees for model in members])


def test_the_margin_is_the_mean(members, mean, later):
    columns = members[0].columns(later.features)
    expected = np.mean([model.trees.raw(columns) for model in members], axis=0)
    assert mean.raw(columns) == pytest.approx(expected, abs=1e-12)
    assert np.ptp([model.trees.raw(columns) for model in members], axis=0).max() > 0.01


def test_contributions_are_the_mean_and_add_up(members, mean, later):
    columns = members[0].columns(later.features)
    found = mean.contributions(columns)
    expected = np.mean([model.trees.contributions(columns) for model in members], axis=0)
    assert found == pytest.approx(expected, abs=1e-10)
    assert found.sum(axis=1) == pytest.approx(mean.raw(columns), abs=1e-9)


def test_the_text_passes_every_check_and_reads_back(mean, specs, members):
    check_trees(mean.text, [spec.name for spec in specs])
    assert mean.count == sum(model.trees.count for model in members)
    assert Trees(mean.booster.model_to_string()).count == mean.count


def test_one_member_is_itself(members):
    assert averaged([members[0].trees]) is members[0].trees


def test_settings_ask_for_members(training, tuning, specs, quick, later):
    """The first member has the settings' own seed; all are grown alike after stopping."""
    settings = quick.model_copy(update={"members": 3, "refit": False, "early_stopping_rounds": 0})
    alone = settings.model_copy(update={"members": 1})
    model = fit_model(training, tuning, specs, settings)
    seeds = (quick.seed, quick.seed + 1, quick.seed + 2)
    single = [fit_model(training, tuning, specs, alone.model_copy(update={"seed": seed})) for seed in seeds]
    columns = model.columns(later.features)
    expected = np.mean([one.trees.raw(columns) for one in single], axis=0)
    assert model.trees.raw(columns) == pytest.approx(expected, abs=1e-12)
    refitted = fit_model(training, tuning, specs, settings.model_copy(update={"refit": True}))
    assert refitted.trees.count == model.trees.count
