"""Explanations that are sound pass every test; each way of spoiling them is found by the test meant for it."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.explanations.without import without
from redlane.governance.assurance.catalogue import TESTS, run_tests
from redlane.governance.assurance.facts import agreement
from redlane.governance.assurance.trial import Previous, Trial
from redlane.governance.settings import AssuranceSettings
from redlane.model.model import Model
from tests.governance.studies import SPECS

LOOKS = {check.code: (check, look) for check, look in TESTS}
GATES = AssuranceSettings(rows=150, top=2, deletion_ratio=1.2)


def found(code, trial):
    check, look = LOOKS[code]
    return check.finding(lambda: look(trial))


@pytest.fixture(scope="module")
def sound(fitted):
    return Trial(fitted, GATES)


@dataclass(frozen=True)
class Spoilt:
    """A model whose contributions are not its own."""

    model: Model
    spoil: object

    def __getattr__(self, name):
        return getattr(self.model, name)

    def contributions(self, features, threads=None):
        return self.spoil(self.model.contributions(features, threads))


def spoilt(trial, spoil):
    return Trial(replace(trial.study, model=Spoilt(trial.study.model, spoil)), trial.settings)


def too_much(contributions):
    return contributions + 0.01


def does_not_add_up(contributions):
    raise RedlaneError("the contributions of row 0 sum to 1, but its margin is 2")


def of_another_feature(contributions):
    """What one feature did is told of the next one; sums stay right."""
    return np.column_stack([np.roll(contributions[:, :-1], 1, axis=1), contributions[:, -1]])


def turned_round(contributions):
    return np.column_stack([-contributions[:, :-1], contributions[:, -1]])


def test_sound_explanations_pass_every_test_there_is(sound):
    outcomes = {finding.code: finding.outcome for finding in run_tests(sound)}
    assert list(outcomes) == list(LOOKS)
    assert outcomes.pop("XA11") == "not_applicable"
    assert [code for code, outcome in outcomes.items() if outcome != "passed"] == []


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("XA01", too_much),
        ("XA01", does_not_add_up),
        ("XA04", of_another_feature),
        ("XA05", turned_round),
        ("XA06", turned_round),
        ("XA07", of_another_feature),
    ],
)
def test_spoilt_contributions_are_found(sound, code, spoil):
    finding = found(code, spoilt(sound, spoil))
    assert finding.failed, finding.sentence
    assert finding.meaning.endswith(LOOKS[code][0].mend)


def test_a_contribution_of_a_constant_is_found(sound):
    class Giving(Trial):
        reseeded_contributions = property(lambda self: sound.reseeded_contributions + 1e-12)

    assert found("XA02", Giving(sound.study, GATES)).failed


def test_many_small_causes_are_told(sound):
    evenly = spoilt(
        sound, lambda c: np.column_stack([np.full((len(c), 4), np.abs(c.sum(axis=1))[:, None]), 0 * c[:, -1]])
    )
    few = replace(evenly, settings=GATES.model_copy(update={"top": 1}))
    finding = found("XA03", few)
    assert finding.outcome == "warning"
    assert finding.value == pytest.approx(0.25)


@pytest.mark.parametrize("code", ["XA08", "XA09", "XA10"])
def test_a_training_that_hangs_on_its_seed_is_found(sound, code):
    class Luck(Trial):
        reseeded = property(lambda self: Unconstant(sound.permuted))
        reseeded_contributions = property(lambda self: self.reseeded.contributions(self.features))

    @dataclass(frozen=True)
    class Unconstant:
        """The model of shuffled labels, which has seen no constant."""

        model: Model

        def margin(self, features):
            return self.model.margin(features[list(self.model.features)])

        def contributions(self, features):
            given = self.model.contributions(features)
            return np.column_stack([given[:, :-1], np.zeros(len(given)), given[:, -1]])

    assert found(code, Luck(sound.study, GATES)).outcome in ("failed", "warning")
    assert found(code, sound).outcome == "passed"


def test_reasons_that_do_not_hang_on_the_labels_are_found(sound):
    class Same(Trial):
        permuted = property(lambda self: sound.study.model)

    finding = found("XA12", Same(sound.study, GATES))
    assert (finding.outcome, finding.value) == ("failed", 1.0)


def test_reasons_that_change_with_every_breath_are_found(sound):
    shaken = Trial(sound.study, GATES.model_copy(update={"noise": 3.0}))
    assert found("XA13", shaken).failed


def previous(sound, model):
    rows = sound.study.test.features
    lookup = sound.study.test.declarations["declaration_id"]

    def compute(declarations):
        return rows.iloc[lookup[lookup.isin(declarations["declaration_id"])].index].reset_index(drop=True)

    return replace(sound, previous=Previous("before", model, SPECS, compute))


def test_the_previous_bundle_is_held_against_this_one(sound):
    same, other = (found("XA11", previous(sound, m)) for m in (sound.study.model, sound.permuted))
    assert (same.outcome, same.value) == ("passed", 1.0)
    assert other.outcome == "warning", other.sentence
    assert "before" in other.sentence


def test_without_retraining_the_tests_that_need_it_say_so(fitted):
    outcomes = {
        f.code: f.outcome for f in run_tests(Trial(fitted, GATES.model_copy(update={"retrain": False})))
    }
    untested = {code for code, outcome in outcomes.items() if outcome == "not_applicable"}
    assert untested == {"XA02", "XA08", "XA09", "XA10", "XA11", "XA12"}


def test_the_same_training_gives_the_same_findings(sound, fitted):
    assert run_tests(Trial(fitted, GATES)) == run_tests(sound)


def test_facts_are_taken_away_where_they_are_marked_and_nowhere_else(sound):
    features = sound.features.head(3)
    gone = np.zeros((6, 4), np.bool_)
    gone[3, 1] = gone[5, 3] = True
    changed = without(features, SPECS, np.tile(np.arange(3), 2), gone)
    first, second = changed.iloc[:3].reset_index(drop=True), changed.iloc[3:].reset_index(drop=True)
    assert (first == features).all(axis=None)
    assert second.isna().to_numpy().nonzero()[0].tolist() == [0, 2]
    assert np.isnan(second.loc[0, "habit"])
    assert second.isna().loc[2, "mode"]


def test_agreement_is_one_for_the_same_and_none_for_others():
    assert agreement([frozenset("ab")], [frozenset("ab")]).tolist() == [1.0]
    assert agreement([frozenset("ab")], [frozenset("cd")]).tolist() == [0.0]
