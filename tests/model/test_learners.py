"""Every kind of model: what travels says what the learner said, and behaves as any model of redlane's does."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.model import LEARNERS, REGISTRY, LightGBMSettings, fit_model
from redlane.model.bundle import read_bundle, write_bundle
from redlane.model.learners import Lesson, conversion, hist_boosting, isolation, learner_of, library_of
from redlane.model.learners.hist_boosting import HistBoostingSettings, best_rounds
from redlane.model.learners.xgboost import XGBoostSettings
from redlane.model.line import Line
from redlane.model.matrix import MatrixColumns
from redlane.model.settings import ModelSettings
from redlane.model.tree_check import check_trees
from redlane.model.trees import Trees
from tests.model.test_fitting import area

QUICK = {
    "rounds": 30,
    "trees": 20,
    "early_stopping_rounds": 8,
    "learning_rate": 0.2,
    "feature_fraction": 0.7,
    "min_data_in_leaf": 10,
    "category_columns": 2,
    "max_depth": 5,
    "revenue": None,
}
KINDS = sorted(REGISTRY)
CONVERTED = [name for name in KINDS if not name.startswith(("lightgbm", "logistic"))]
LEVELS = {"office": ["harbour", "north", "south"]}


def quick(name, **changes):
    kind = REGISTRY[name]
    return kind.parse({key: value for key, value in {**QUICK, **changes}.items() if key in kind.model_fields})


@pytest.fixture(scope="module")
def fitted(training, tuning, specs):
    """Each kind, learnt once, with what it was converted from."""
    known = {}

    def of(name):
        if name not in known:
            seen = []
            with pytest.MonkeyPatch.context() as patch:
                honest = conversion.check_same
                patch.setattr(
                    conversion, "check_same", lambda *given: (seen.append(given), honest(*given))[1]
                )
                known[name] = fit_model(training, tuning, specs, quick(name)), seen
        return known[name]

    return of


def tried(trees: Trees, count: int) -> MatrixColumns:
    """Rows made to part the trees from their learner: borders, their neighbours, gaps, giants, the nearly zero."""
    random = np.random.default_rng(7)
    columns = [random.normal(size=count) for _ in range(4)]
    columns[2] = random.choice([0.0, 1.0, 2.0, np.nan], count)
    for feature in (0, 1, 3):
        borders = np.unique(
            [
                border
                for tree in trees.tree_shap.trees
                for border, split, kind in zip(tree.threshold, tree.feature, tree.decision_type, strict=True)
                if split == feature and not kind & 1 and np.isfinite(border)
            ]
        )
        single = borders.astype(np.float32).astype(np.float64)
        strange = [np.nan, 0.0, -0.0, 1e-36, -1e-36, 1e-34, 1e300, -1e300, 5e38]
        pool = [borders, np.nextafter(borders, np.inf), np.nextafter(borders, -np.inf), single, strange]
        where = random.random(count) < 0.7
        columns[feature][where] = random.choice(np.concatenate(pool), int(where.sum()))
    return MatrixColumns(tuple(columns), count)


@pytest.mark.parametrize("name", CONVERTED)
def test_the_text_says_of_rows_never_seen_what_the_learner_says(name, fitted):
    for trees, _, wide, ensemble, _ in fitted(name)[1]:
        rows = tried(trees, 4000)
        found, own = trees.raw(rows), ensemble.own(wide.matrix(rows))
        tolerance = 1e-6 if name == "xgboost" else 1e-12  # XGBoost adds up in float32
        assert np.abs(found - own).max() <= tolerance * max(1.0, np.abs(own).max())
        assert len(np.unique(own)) > 20


@pytest.mark.parametrize("name", KINDS)
def test_the_planted_answer_is_found_and_probabilities_keep_to_the_rate(name, fitted, later):
    model, _ = fitted(name)
    margin = model.margin(later.features)
    assert area(margin, later.irregular) > (0.57 if name == "isolation_forest" else 0.78)
    assert model.probability(margin).mean() == pytest.approx(later.irregular.mean(), abs=0.04)


@pytest.mark.parametrize("name", KINDS)
def test_a_row_is_scored_by_itself_to_the_last_bit(name, fitted, later):
    model, _ = fitted(name)
    frame = later.features.iloc[:300]
    order = np.random.default_rng(1).permutation(len(frame))
    whole, told = model.margin(frame), model.contributions(frame)
    parts = [model.margin(frame.iloc[order[at : at + 37]], threads=2) for at in range(0, len(frame), 37)]
    assert np.array_equal(np.concatenate(parts), whole[order])
    assert np.array_equal(model.contributions(frame.iloc[order[:50]], threads=2), told[order[:50]])


@pytest.mark.parametrize("name", KINDS)
def test_contributions_add_up_and_name_the_planted_features(name, fitted, later):
    model, _ = fitted(name)
    told = model.contributions(later.features.iloc[:300])
    assert np.abs(told.sum(axis=1) - model.margin(later.features.iloc[:300])).max() < 1e-9
    strength = dict(zip(model.features, np.abs(told).mean(axis=0), strict=False))
    if name != "isolation_forest":
        assert strength["price_gap"] > strength["office"] > max(strength["mass"], strength["noise"])


@pytest.mark.parametrize("name", CONVERTED)
def test_contributions_are_those_lightgbm_gives_for_the_text(name, fitted, later):
    model, _ = fitted(name)
    check_trees(model.trees.text, model.features)
    columns = model.columns(later.features.iloc[:40])
    expected = model.trees.lightgbm_contributions(columns)
    assert np.abs(model.trees.contributions(columns) - expected).max() < 1e-10


@pytest.mark.parametrize("name", CONVERTED)
def test_every_training_row_lies_in_a_leaf_that_counts_it(name, fitted, training, tuning):
    """Symmetric trees have leaves that no row can reach: these count one each."""
    trees = fitted(name)[0].trees.tree_shap.trees
    rows = len(training) + len(tuning)
    for tree in trees:
        assert rows <= tree.leaf_count.sum() <= rows + (len(tree.leaf_count) if name == "catboost" else 0)
    assert trees[0].nodes == 0, "the constant stands by itself, first"


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("lightgbm", "lightgbm_revenue")])
def test_order_of_rows_and_threads_change_no_byte(name, fitted, training, tuning, specs):
    random = np.random.default_rng(0)
    shuffled = [data.take(random.permutation(len(data))) for data in (training, tuning)]
    again = fit_model(*shuffled, specs, quick(name, num_threads=1 if name.startswith("lightgbm") else 2))
    assert again.scorer == fitted(name)[0].scorer
    assert again.calibration == fitted(name)[0].calibration


@pytest.mark.parametrize("name", ["logistic_regression", "random_forest", "xgboost"])
def test_a_bundle_gives_back_what_was_put_in(name, fitted, specs, later, tmp_path):
    model, _ = fitted(name)
    written = {"specs": specs, "configuration": {}, "facts": {}, "card": "card"}
    given = [
        write_bundle(tmp_path / each, model, golden=later.features.iloc[:5], **written) for each in ("a", "b")
    ]
    bundle = read_bundle(tmp_path / "a")
    assert bundle.id == given[0] == given[1]
    assert bundle.model.scorer == model.scorer
    assert np.array_equal(bundle.model.margin(later.features), model.margin(later.features))
    assert (tmp_path / "a" / "linear.json").exists() == isinstance(model.scorer, Line)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "isolation_forest"])
def test_weights_are_heard(name, fitted, training, tuning, specs):
    weight = np.where(training.features["office"] == "harbour", 6.0, 1.0)
    heavy = fit_model(replace(training, weight=weight), tuning, specs, quick(name))
    assert heavy.scorer != fitted(name)[0].scorer


def test_the_isolation_forest_learns_no_outcome(fitted, training, tuning, specs):
    turned = [replace(data, irregular=1.0 - data.irregular) for data in (training, tuning)]
    blind = fit_model(*turned, specs, quick("isolation_forest"))
    assert blind.scorer == fitted("isolation_forest")[0].scorer
    assert blind.calibration != fitted("isolation_forest")[0].calibration


def test_the_isolation_forest_sets_the_unusual_apart(fitted, later):
    model, _ = fitted("isolation_forest")
    usual = later.features.iloc[:200].assign(price_gap=0.0, mass=0.0, noise=0.0, office="north")
    assert model.margin(usual.assign(mass=6.0)).min() > model.margin(usual).max()
    assert isolation.usual_path(np.array([3])) == pytest.approx(2 * (np.log(2) + np.euler_gamma) - 4 / 3)


def test_the_line_is_the_one_scikit_learn_drew(training, specs):
    """Coefficients told in units of the features score as those of the standardised columns do."""
    from sklearn.linear_model import LogisticRegression

    from redlane.model.learners.linear import Standard
    from redlane.model.learners.workshop import Workshop

    settings = quick("logistic_regression")
    lesson = Lesson(specs, LEVELS, training)
    line = learner_of(settings)(lesson, settings).scorer
    shop = Workshop.over(lesson, settings)
    columns = Standard.of(shop.matrix, shop.wide, settings.clip).columns(shop.matrix)
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    drawn = LogisticRegression(C=0.1, max_iter=2000, tol=1e-6).fit(standard, training.irregular)
    assert line.raw(shop.columns) == pytest.approx(drawn.decision_function(standard), rel=1e-9, abs=1e-9)
    assert np.abs(line.contributions(shop.columns)[:, :-1].mean(axis=0)).max() < 1e-9


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda told: told["terms"].update(colour={}), "knows 'colour', which is no feature"),
        (lambda told: told["terms"]["mass"].update(mean=True), "holds True as mass: mean"),
        (lambda told: told["terms"]["office"]["coefficients"].update(west=1.0), "knows 'west' of 'office'"),
        (lambda told: told.update(base=float("nan")), "holds nan as base"),
    ],
)
def test_a_line_that_cannot_be_is_refused(change, sentence, fitted):
    model, _ = fitted("logistic_regression")
    told = model.scorer.plain(model.features)
    assert Line.read(told, model.features, model.categories) == model.scorer
    change(told)
    with pytest.raises(RedlaneError, match=sentence):
        Line.read(told, model.features, model.categories)


def test_trees_that_do_not_say_what_their_learner_says_are_refused(fitted):
    trees, columns, wide, ensemble, library = fitted("random_forest")[1][0]
    off = replace(ensemble, own=lambda matrix: ensemble.own(matrix) + 1e-6)
    with pytest.raises(
        RedlaneError, match=r"trees of scikit-learn [\d.]+ read as text score .* requirements.lock"
    ):
        conversion.check_same(trees, columns, wide, off, library)


def test_trees_kept_in_an_unknown_way_are_refused():
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=1).fit(np.zeros((4, 1)), [0, 1, 0, 1])
    del model._predictors
    with pytest.raises(
        RedlaneError, match=r"scikit-learn 9 keeps the trees .* in a way redlane does not know"
    ):
        hist_boosting._parts(model, "scikit-learn 9")


def test_a_package_that_is_not_there_is_named_with_what_installs_it(monkeypatch):
    assert library_of(HistBoostingSettings()).startswith("scikit-learn 1.")
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(RedlaneError, match=r"model=xgboost needs .* pip install 'redlane\[boosters\]'"):
        library_of(XGBoostSettings())


def test_growing_stops_where_later_rows_no_longer_gain(tuning):
    good, bad = tuning.irregular.copy(), -tuning.irregular
    assert best_rounds([bad, good, bad, bad, good], tuning, patience=2) == 2
    assert best_rounds([bad, bad, good], tuning, patience=1) == 1


@pytest.mark.parametrize("name", ["hist_boosting", "xgboost", "catboost"])
def test_without_early_stopping_all_rounds_are_kept(name, training, tuning, specs):
    settings = quick(name, early_stopping_rounds=0, rounds=6, refit=False)
    assert fit_model(training, tuning, specs, settings).trees.count == 1 + 6


def test_settings_without_a_learner_are_a_mistake_of_the_programmer():
    class Odd(ModelSettings):
        name: str = "odd"

    assert learner_of(LightGBMSettings()) is LEARNERS[LightGBMSettings]
    with pytest.raises(TypeError, match="no learner is known for Odd"):
        learner_of(Odd())
