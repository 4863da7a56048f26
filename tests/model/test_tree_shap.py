"""Contributions the fast way: LightGBM's own values, Shapley's definition, the same bits in every batch."""

from itertools import combinations
from math import factorial

import lightgbm as lgb
import numpy as np
import pytest

from redlane.model.matrix import MatrixColumns
from redlane.model.tree_shap import NotExplainedHereError, TreeShap
from redlane.model.tree_shap import evaluation as evaluating
from redlane.model.tree_shap.decisions import Decisions, Inputs
from redlane.model.tree_shap.games import gauss_legendre
from redlane.model.tree_shap.grouping import groups
from redlane.model.trees import Trees

FEATURES = 16
CATEGORIES = [0, 1, 2]


def rows(count: int, seed: int) -> np.ndarray:
    """Numbers, counts with many zeros, one constant column and categories, with values missing."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, FEATURES))
    x[:, 5:9] = np.round(x[:, 5:9])
    x[:, 9] = 7.0
    x[:, :3] = random.integers(0, [4, 40, 70], size=(count, 3))
    x[random.random(x.shape) < 0.08] = np.nan
    return x


def strange_rows(count: int) -> np.ndarray:
    """Rows of what training never saw, and of what is nearly zero."""
    random = np.random.default_rng(99)
    strange = [
        np.nan,
        0.0,
        -0.0,
        1e-36,
        -1e-36,
        1.1e-35,
        1e300,
        -1e300,
        -1.0,
        -0.5,
        0.5,
        3.7,
        31,
        32,
        69,
        1e6,
    ]
    x = rows(count, seed=99)
    where = random.random(x.shape) < 0.3
    x[where] = random.choice(strange, size=int(where.sum()))
    return x


def boosted(seed: int, rounds: int = 20, **parameters: object) -> Trees:
    """A small model; rows and parameters follow from *seed*."""
    x = rows(700, seed)
    z = np.nan_to_num(x)
    y = z[:, 3] * z[:, 4] + z[:, 5] + 0.4 * (z[:, 1] % 5) + z[:, 10:].sum(axis=1) > 1
    given = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": seed, "min_data_in_leaf": 4}
    given |= {"min_data_per_group": 5, "cat_smooth": 1.0, "learning_rate": 0.2, **parameters}
    dataset = lgb.Dataset(x, y.astype(float), categorical_feature=CATEGORIES, params={"verbosity": -1})
    return Trees.of(lgb.train(given, dataset, rounds), rounds)


def columns(x: np.ndarray) -> MatrixColumns:
    return MatrixColumns(tuple(np.ascontiguousarray(column) for column in x.T), len(x))


KINDS = {
    "default": {},
    "stumps": {"max_depth": 1},
    "shallow": {"max_depth": 3},
    "default depth": {"max_depth": 7},
    "deep": {"num_leaves": 63, "min_data_in_leaf": 1},
    "zero is missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "bagged": {"bagging_fraction": 0.4, "bagging_freq": 1, "feature_fraction": 0.5},
    "monotone": {"monotone_constraints": [0] * 3 + [1] * (FEATURES - 3)},
    "one category a split": {"max_cat_to_onehot": 100},
    "tweedie": {"objective": "tweedie"},
    "one leaf": {"min_data_in_leaf": 600},
    "extra": {"extra_trees": True, "max_depth": 9},
    "dart": {"boosting": "dart"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_values_are_lightgbms_own(kind, seed):
    trees = boosted(seed, **KINDS[kind])
    for x in (rows(150, seed + 100), strange_rows(150)):
        expected = trees.booster.predict(x, pred_contrib=True, num_threads=1)
        found = trees.contributions(columns(x), threads=1)
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1e-10
        assert np.abs(found.sum(axis=1) - trees.booster.predict(x, raw_score=True)).max() <= 1e-10


def test_a_threshold_itself_goes_left():
    trees = boosted(3)
    x = rows(200, 4)
    for tree in trees.tree_shap.trees:
        for node, feature in enumerate(tree.feature):
            if tree.category_set(node) is None:
                x[(7 * node) % 200, feature] = tree.threshold[node]
    expected = trees.booster.predict(x, pred_contrib=True, num_threads=1)
    assert np.abs(trees.contributions(columns(x), 1) - expected).max() <= 1e-10


def worth(tree, row, known: set[int], node: int = 0) -> float:
    """What the tree is expected to say of a row of which only *known* features are known."""
    if node < 0:
        return float(tree.leaf_value[~node])
    feature, children = int(tree.feature[node]), (int(tree.left[node]), int(tree.right[node]))
    if feature in known:
        inputs = Inputs.of([np.array([value]) for value in row], [tree])
        goes_left = bool(Decisions(tree, inputs).follow(((node, True),))[0])
        return worth(tree, row, known, children[0 if goes_left else 1])
    return sum(
        share * worth(tree, row, known, child)
        for share, child in zip(tree.passing[node], children, strict=True)
    )


def shapley(tree, row) -> np.ndarray:
    """Shapley's definition, over all coalitions of the features of the tree."""
    players = sorted(set(tree.feature.tolist()))
    result = np.zeros(FEATURES)
    for player in players:
        others = [other for other in players if other != player]
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(len(others) - size) / factorial(len(players))
            for coalition in combinations(others, size):
                gain = worth(tree, row, {*coalition, player}) - worth(tree, row, set(coalition))
                result[player] += weight * gain
    return result


@pytest.mark.parametrize("seed", [5, 6])
def test_values_are_shapleys_by_definition(seed):
    trees = boosted(seed, rounds=3, num_leaves=6)
    x = strange_rows(4)
    found = trees.contributions(columns(x), threads=1)
    for row, values in zip(x, found, strict=True):
        expected = sum(shapley(tree, row) for tree in trees.tree_shap.trees)
        assert np.abs(values[:-1] - expected).max() <= 1e-12


@pytest.fixture(scope="module")
def deep():
    """Trees whose leaves lie behind more features than a table lists."""
    trees = boosted(8, rounds=6, num_leaves=127, min_data_in_leaf=1, extra_trees=True)
    assert max(len(way) for way in leaf_ways(trees)) > 10
    return trees


def leaf_ways(trees: Trees):
    return [way for tree in trees.tree_shap.trees for group in groups(tree, 10) for way in group.ways]


def test_batches_threads_and_order_change_no_bit(deep, monkeypatch):
    x = np.concatenate((rows(2_000, 20), strange_rows(100)))
    whole = deep.contributions(columns(x), threads=1)
    assert np.array_equal(whole, deep.contributions(columns(x), threads=3))
    one_by_one = Trees(deep.text)
    order = np.random.default_rng(0).permutation(len(x))[:20]
    for row in order:
        assert np.array_equal(one_by_one.contributions(columns(x[[row]]), 1)[0], whole[row])
    assert np.array_equal(Trees(deep.text).contributions(columns(x[order]), 2), whole[order])
    monkeypatch.setattr(evaluating, "_ROWS", 97)
    monkeypatch.setattr(evaluating, "_FEW_ROWS", 13)
    monkeypatch.setattr(evaluating, "_TREES", 2)
    assert np.array_equal(Trees(deep.text).contributions(columns(x), 2, None, 1_111), whole)


def test_a_table_and_a_computed_leaf_agree_to_the_last_bit(deep, monkeypatch):
    x = rows(300, 21)
    computed = Trees(deep.text)
    found = computed.contributions(columns(x), 1)
    assert any(group.table is None for group in tables_of(computed, rows=300))
    monkeypatch.setattr(evaluating, "_longest", lambda rows: 16)
    assert np.array_equal(Trees(deep.text).contributions(columns(x), 1), found)


def tables_of(trees: Trees, rows: int):
    some = list(enumerate(trees.tree_shap.trees))
    return [group for tree in trees.tree_shap._tables(some, rows) for group in tree.groups]


def test_a_damaged_table_is_noticed_and_lightgbm_answers():
    trees = boosted(9)
    x = rows(500, 30)
    expected = trees.lightgbm_contributions(columns(x), 1)
    trees.contributions(columns(x), 1)
    damaged = next(group for group in tables_of(trees, 500) if group.table.shape[1] > 2)
    damaged.table[0, :] += 1e-7
    with pytest.warns(UserWarning, match="do not add up"):
        found = trees.contributions(columns(x), 1)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"linear_tree": True}, "linear"),
        ({"objective": "multiclass", "num_class": 2}, "several scores"),
        ({"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}, "averaged"),
    ],
)
def test_other_kinds_of_trees_are_left_to_lightgbm(parameters, why):
    trees = boosted(10, rounds=2, **parameters)
    with pytest.raises(NotExplainedHereError, match=why):
        TreeShap(trees.text)
    if "boosting" in parameters:
        x = rows(20, 31)
        with pytest.warns(UserWarning, match=f"slower: .*{why}"):
            found = trees.contributions(columns(x), 1)
        assert np.array_equal(found, trees.booster.predict(x, pred_contrib=True, num_threads=1))


def test_no_rows_no_contributions():
    assert boosted(11, rounds=2).contributions(columns(np.empty((0, FEATURES)))).shape == (0, FEATURES + 1)


@pytest.mark.parametrize("points", [1, 2, 3, 5, 8, 16])
def test_quadrature_is_exact_up_to_its_degree(points):
    rule = gauss_legendre(points)
    for degree in range(2 * points):
        assert sum(weight * point**degree for point, weight in rule) == pytest.approx(
            1 / (degree + 1), rel=1e-13
        )
    expected = (np.polynomial.legendre.leggauss(points)[0] + 1) / 2
    assert np.allclose([point for point, _ in rule], expected, rtol=0, atol=1e-15)
