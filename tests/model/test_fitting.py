"""Fitting: the same rows give the same model, whatever carried them; and it finds what is there to find."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.model import fit_model


def area(score, irregular):
    """ROC-AUC by ranks."""
    ranks = pd.Series(score).rank().to_numpy()
    positive = irregular > 0
    count = positive.sum()
    return (ranks[positive].sum() - count * (count + 1) / 2) / (count * (~positive).sum())


def texts(model):
    return model.trees.text, model.revenue.trees.text, model.calibration, model.revenue.unit, model.categories


def weighted(data):
    return replace(data, weight=0.5 + (data.row_order % np.uint64(7)).astype(float))


def test_threads_and_row_order_change_no_byte_of_the_model(training, tuning, specs, quick):
    shuffled = [
        data.take(np.random.default_rng(0).permutation(len(data)))
        for data in (weighted(training), weighted(tuning))
    ]
    one = fit_model(weighted(training), weighted(tuning), specs, quick)
    two = fit_model(*shuffled, specs, quick.model_copy(update={"num_threads": 2}))
    assert texts(one) == texts(two)
    assert "num_threads: 0" in one.trees.text


def test_column_order_and_index_of_the_frame_change_no_byte(model, training, tuning, specs, quick):
    reordered = training.features.iloc[:, ::-1].set_axis(np.arange(len(training))[::-1] * 3)
    again = fit_model(replace(training, features=reordered), tuning, specs, quick)
    assert texts(again) == texts(model)


def test_outcomes_given_as_series_stay_with_their_rows(model, training, tuning, specs, quick):
    def as_series(data):
        names = ("irregular", "revenue", "row_order")
        return replace(data, **{name: pd.Series(getattr(data, name)) for name in names})

    assert texts(fit_model(as_series(training), as_series(tuning), specs, quick)) == texts(model)


def test_the_text_scores_to_the_bit_as_the_booster_that_was_trained(model, later):
    import lightgbm

    from redlane.model.trees import Trees

    matrix = model.columns(later.features).whole()
    booster = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "num_threads": 1},
        lightgbm.Dataset(matrix, later.irregular),
        5,
    )
    read = Trees.of(booster, 5)
    assert np.array_equal(read.raw(model.columns(later.features)), booster.predict(matrix, raw_score=True))


def test_the_planted_answer_is_found_on_later_rows(model, later):
    assert area(model.margin(later.features), later.irregular) > 0.78


def test_shuffled_outcomes_teach_nothing(training, tuning, later, specs, quick):
    random = np.random.default_rng(5)
    blind = [replace(data, irregular=random.permutation(data.irregular)) for data in (training, tuning)]
    assert 0.42 < area(fit_model(*blind, specs, quick).margin(later.features), later.irregular) < 0.58


def test_probabilities_keep_to_the_rate_of_outcomes(model, later):
    assert model.probability(model.margin(later.features)).mean() == pytest.approx(
        later.irregular.mean(), abs=0.03
    )


def test_a_monotone_model_never_lowers_the_margin_as_a_directed_feature_rises(
    training, tuning, later, specs, quick
):
    model = fit_model(training, tuning, specs, quick.model_copy(update={"monotone": True, "revenue": None}))
    steps = [
        model.margin(later.features.iloc[:300].assign(price_gap=value)) for value in np.linspace(-3, 3, 25)
    ]
    assert (np.diff(steps, axis=0) >= 0).all()
    assert (steps[-1] > steps[0]).any()


def test_refit_learns_from_tuning_rows_but_calibrates_on_rows_unseen(training, tuning, specs, quick):
    once, refitted = (
        fit_model(training, tuning, specs, quick.model_copy(update={"refit": refit}))
        for refit in (False, True)
    )
    assert refitted.calibration == once.calibration
    assert refitted.trees.count == once.trees.count
    assert refitted.trees.text != once.trees.text


def test_without_early_stopping_all_rounds_are_grown(training, tuning, specs, quick):
    model = fit_model(
        training, tuning, specs, quick.model_copy(update={"early_stopping_rounds": 0, "rounds": 7})
    )
    assert model.trees.count == 7


def test_weights_are_heard(model, training, tuning, specs, quick):
    heavy = replace(training, weight=np.where(training.features["office"] == "harbour", 9.0, 1.0))
    assert fit_model(heavy, tuning, specs, quick).trees.text != model.trees.text


def test_features_without_information_give_every_row_the_same_score(training, tuning, specs, quick):
    nothing = [
        replace(data, features=data.features.assign(price_gap=1.0, mass=np.nan, noise=0.0, office=None))
        for data in (training, tuning)
    ]
    model = fit_model(*nothing, specs, quick)
    margin = model.margin(nothing[1].features)
    assert len(np.unique(margin)) == 1
    assert model.probability(margin)[0] == pytest.approx(tuning.irregular.mean(), abs=0.02)


def test_no_amounts_or_too_few_mean_no_revenue_head(training, tuning, specs, quick):
    few = np.where(np.arange(len(training)) < 100, training.revenue, np.nan)
    for revenue in (None, few):
        model = fit_model(replace(training, revenue=revenue), tuning, specs, quick)
        assert model.revenue is None
        assert model.expected_revenue(tuning.features, np.ones(len(tuning))) is None


def test_over_all_findings_learnt_from_what_is_expected_is_what_was_recovered(model, training, tuning):
    expected, recovered = 0.0, 0.0
    for data in (training, tuning):
        found = data.irregular > 0
        expected += model.revenue.if_found(model.columns(data.features.loc[found])).sum()
        recovered += data.revenue[found].sum()
    assert expected == pytest.approx(recovered, rel=1e-9)


@pytest.mark.parametrize("objective", ["tweedie", "gamma"])
def test_expected_revenue_adds_up_to_what_was_recovered(objective, rows, specs, quick):
    head = quick.revenue.model_copy(update={"objective": objective})
    settings = quick.model_copy(update={"revenue": head})
    training, tuning, later = rows(4000, 11), rows(1500, 12), rows(6000, 13)
    model = fit_model(training, tuning, specs, settings)
    found = later.irregular > 0
    amounts = model.revenue.if_found(model.columns(later.features.loc[found]))
    assert amounts.sum() == pytest.approx(later.revenue[found].sum(), rel=0.15)
    assert np.corrcoef(amounts, later.features["mass"][found])[0, 1] > 0.6


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data.take(np.zeros(len(data), dtype=bool)), "holds no row with a known outcome"),
        (lambda data: data.take(data.irregular == 0), "are regular; it needs both outcomes"),
        (lambda data: data.take(data.irregular == 1), "are irregular; it needs both outcomes"),
        (lambda data: replace(data, features=data.features.drop(columns="mass")), "missing mass"),
    ],
)
def test_periods_that_cannot_be_learnt_from_are_refused(change, sentence, training, tuning, specs, quick):
    for periods in ((change(training), tuning), (training, change(tuning))):
        with pytest.raises(RedlaneError, match=sentence):
            fit_model(*periods, specs, quick)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"irregular": np.full(1500, np.nan)}, "irregular must be 0 or 1"),
        ({"irregular": np.zeros(3)}, "irregular has 3 entries for 1500 rows"),
        ({"weight": np.zeros(1500)}, "every weight must be a positive"),
    ],
)
def test_training_data_that_contradicts_itself_is_refused(change, sentence, training):
    with pytest.raises(RedlaneError, match=sentence):
        replace(training, **change)
