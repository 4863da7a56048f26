"""A difference that is there is found, one that is not is not, and no word is said where nothing can be known."""

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.evaluation import EvaluationSettings
from redlane.evaluation.paired import ComparisonSettings, Contender, contest
from redlane.evaluation.paired.intervals import coin_floor, paired
from tests.rivals import rivals

SETTINGS = EvaluationSettings(rates=(0.05,), bootstrap_repeats=200)
HOW = ComparisonSettings()


def verdicts(kind, worlds, weeks, per_week):
    return [
        contest(models, truth, SETTINGS, HOW).deciding()["verdict"].item()
        for truth, models in (rivals(kind, seed, weeks, per_week) for seed in range(worlds))
    ]


def test_equally_good_models_are_called_indistinguishable():
    assert verdicts("equal", 40, 8, 150).count("luck") >= 36
    assert sum(word in ("luck", "same") for word in verdicts("ties", 40, 8, 150)) >= 38


def test_a_tenth_more_precision_is_found_and_on_the_right_side():
    said = verdicts("better", 10, 13, 4000)
    assert said.count("better") >= 8
    assert "worse" not in said


def test_the_same_model_twice_is_said_to_be_the_same():
    truth, (model, _) = rivals("equal", 3, 8, 100)
    again = Contender("again", model.margin, model.probability)
    table = contest([model, again], truth, SETTINGS, HOW).differences
    assert set(table["verdict"]) == {"same"}
    assert (table[["value", "low", "high"]] == 0).all(axis=None)


def test_turned_round_everything_changes_its_sign():
    truth, models = rivals("better", 5, 9, 300)
    there = contest(models, truth, SETTINGS, HOW).differences
    back = contest(models[::-1], truth, SETTINGS, HOW).differences
    assert np.allclose(there["value"], -back["value"]) and np.allclose(there["low"], -back["high"])
    turned = {"better": "worse", "worse": "better"}
    assert [turned.get(word, word) for word in there["verdict"]] == list(back["verdict"])


def test_a_lower_calibration_error_is_better():
    truth, (model, _) = rivals("equal", 3, 9, 400)
    off = Contender("off", model.margin, np.clip(model.probability + 0.3, 0, 1))
    table = contest([model, off], truth, SETTINGS, HOW).differences.set_index("measure")
    assert table.loc["brier", "verdict"] == table.loc["calibration_error", "verdict"] == "worse"
    assert table.loc["precision", "verdict"] == "same"


def test_against_several_models_the_deciding_intervals_are_wider():
    truth, (first, second) = rivals("better", 5, 9, 300)
    third = Contender("c", first.margin + second.margin, first.probability)
    two = contest([first, second], truth, SETTINGS, HOW)
    three = contest([first, second, third], truth, SETTINGS, HOW)
    assert (two.decisive, three.decisive) == (0.95, 0.975)
    width = [each.deciding().iloc[0][["low", "high"]].diff().iloc[1] for each in (two, three)]
    assert width[1] > 1.1 * width[0]


def test_three_weeks_are_too_few_for_any_verdict():
    assert verdicts("better", 1, 3, 4000) == ["too_few"]
    truth, models = rivals("better", 1, 1, 500)
    table = contest(models, truth, SETTINGS, HOW).differences
    assert set(table["verdict"]) == {"too_few"} and table["low"].isna().all()


def test_findings_all_on_one_side_by_luck_are_not_a_lead():
    """Five findings in five weeks, all the first's, among many rows: as often as five tosses fall alike."""
    steady = np.full(300, 0.5) + np.random.default_rng(0).normal(0, 0.01, 300)

    def sign(findings):
        amounts = np.zeros(2000)
        amounts[:findings] = 1.0
        floor = coin_floor(np.arange(1000), np.arange(1000, 2000), amounts, 2.0 * findings)
        return paired(0.5, steady, 26, 0.95, floor).sign

    assert (sign(5), sign(7)) == (0, 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda models: models[:1], "at least two models, found 1"),
        (lambda models: [models[0], models[0]], "the same name: a, a"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, sentence):
    truth, models = rivals("equal", 0, 6, 50)
    with pytest.raises(RedlaneError, match=sentence):
        contest(change(models), truth, SETTINGS, HOW)
