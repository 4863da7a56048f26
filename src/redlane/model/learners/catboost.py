"""CatBoost (Prokhorenkova and others 2018), with the extra ``boosters``: trees that ask one question per level."""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Floats, Nodes, single_at_most
from redlane.model.learners.wide import WideSettings, filled
from redlane.model.learners.workshop import Workshop, package_of
from redlane.model.settings import Count, NotNegative, Share

_LEAST = -float(np.finfo(np.float32).max)
"""Stands for a missing number: below every number, so that it goes left at every border."""


class CatBoostSettings(WideSettings):
    """Everything of ``conf/model/catboost.yaml``."""

    about: ClassVar[str] = "gradient boosted symmetric trees (CatBoost) on the log-odds"

    package: ClassVar[str] = "catboost"

    name: Literal["catboost"] = "catboost"
    learning_rate: Share = 0.05
    rounds: Count = 1500
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 100
    metric: Literal["PRAUC", "AUC", "Logloss"] = "PRAUC"
    """What early stopping watches on the tuning period."""
    depth: Annotated[int, Field(ge=1, le=10)] = 6
    """Questions per tree; 2 to this power leaves."""
    max_bin: Annotated[int, Field(ge=3, le=65535)] = 254
    feature_fraction: Share = 0.2
    bagging_fraction: Share = 0.8
    lambda_l2: NotNegative = 5.0
    random_strength: NotNegative = 1.0
    """How much chance has a say in the choice of questions."""


def learn(lesson: Lesson, settings: CatBoostSettings) -> Learnt:
    """Boosted symmetric trees, stopped by the tuning rows.

    Raises:
        RedlaneError: CatBoost is not installed, or this version describes its trees differently.
    """
    catboost = package_of(settings)
    shop = Workshop.over(lesson, settings)
    rows = _pool(catboost, shop.matrix, lesson.rows)
    stopping = settings.early_stopping_rounds if lesson.watch is not None else 0
    later = _pool(catboost, shop.watched, lesson.watch) if stopping and shop.watched is not None else None
    model = catboost.CatBoost(_parameters(settings, lesson.rounds))
    stop = {"early_stopping_rounds": stopping, "use_best_model": True} if later is not None else {}
    model.fit(rows, eval_set=later, **stop)
    base, trees = _trees(model, shop.library)

    def own(matrix: Floats) -> Floats:
        said = model.predict(_given(matrix), prediction_type="RawFormulaVal", thread_count=1)
        return np.asarray(said, dtype=np.float64)

    return Learnt(shop.trees(Ensemble(trees, base, own)), len(trees))


def _pool(catboost: Any, matrix: Floats, rows: Any) -> Any:
    return catboost.Pool(_given(matrix), rows.irregular, weight=rows.weight)


def _given(matrix: Floats) -> npt.NDArray[np.float32]:
    return filled(matrix, np.full(matrix.shape[1], _LEAST)).astype(np.float32)


def _parameters(settings: CatBoostSettings, rounds: int | None) -> dict[str, Any]:
    return {
        "loss_function": "Logloss",
        "eval_metric": settings.metric,
        "iterations": rounds or settings.rounds,
        "learning_rate": settings.learning_rate,
        "depth": settings.depth,
        "grow_policy": "SymmetricTree",
        "border_count": settings.max_bin,
        "rsm": settings.feature_fraction,
        "bootstrap_type": "Bernoulli",
        "subsample": settings.bagging_fraction,
        "l2_leaf_reg": settings.lambda_l2,
        "random_strength": settings.random_strength,
        "random_seed": settings.seed,
        "thread_count": 1,  # sums of floats depend on how they are shared out
        "allow_writing_files": False,
        "logging_level": "Silent",
    }


def _trees(model: Any, library: str) -> tuple[float, list[Nodes]]:
    """The constant and the trees, from CatBoost's own JSON (its documentation: JSON model tutorial)."""
    with tempfile.TemporaryDirectory(prefix="redlane-") as folder:
        file = Path(folder) / "model.json"
        model.save_model(str(file), format="json")
        described = json.loads(file.read_text(encoding="utf-8"))
    try:
        scale, bias = described["scale_and_bias"]
        features = described["features_info"]["float_features"]
        places = {feature["feature_index"]: feature["flat_feature_index"] for feature in features}
        return float(np.ravel(bias)[0]), [
            _nodes(tree, places, float(scale)) for tree in described["oblivious_trees"]
        ]
    except (KeyError, TypeError, ValueError):
        raise RedlaneError(
            f"{library} writes its trees in a way redlane does not know; install the version named in "
            "requirements.lock, or choose another model"
        ) from None


def _nodes(tree: dict[str, Any], places: dict[int, int], scale: float) -> Nodes:
    """A symmetric tree written out: the last question at the root, the first right above the leaves.

    A leaf's number has the answer to question i as its bit i, 1 where the number lies above the border.
    """
    splits = tree["splits"] or []
    depth, inner = len(splits), 2 ** len(splits) - 1
    node = np.arange(2 * inner + 1)
    level = np.floor(np.log2(node + 1)).astype(np.int64)
    columns = np.array([places[split["float_feature_index"]] for split in splits] + [LEAF])
    borders = np.array([split["border"] for split in splits] + [0.0])
    question = np.where(node < inner, depth - 1 - level, depth)
    value = np.zeros(len(node))
    value[inner:] = scale * np.array(tree["leaf_values"])
    return Nodes(
        column=columns[question],
        threshold=single_at_most(borders[question]),
        missing_left=np.ones(len(node), dtype=np.bool_),
        left=2 * node + 1,
        right=2 * node + 2,
        value=value,
    )
