"""scikit-learn's histogram gradient boosting: a second opinion on boosted trees that needs no further package."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Nodes
from redlane.model.learners.wide import Floats, WideSettings
from redlane.model.learners.workshop import Workshop
from redlane.model.settings import Count, NotNegative, Share
from redlane.model.training_data import TrainingData


class HistBoostingSettings(WideSettings):
    """Everything of ``conf/model/hist_boosting.yaml``."""

    about: ClassVar[str] = "histogram gradient boosting (scikit-learn) on the log-odds"

    name: Literal["hist_boosting"] = "hist_boosting"
    learning_rate: Share = 0.05
    rounds: Count = 600
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 50
    """Of the rounds grown, as many are kept as came before the tuning period stopped improving for so many; 0: all."""
    num_leaves: Annotated[int, Field(ge=2, le=4096)] = 31
    max_depth: Annotated[int, Field(ge=1, le=32)] = 7
    min_data_in_leaf: Count = 40
    max_bin: Annotated[int, Field(ge=3, le=255)] = 255
    feature_fraction: Share = 0.2
    """Of the columns, drawn anew at every split."""
    lambda_l2: NotNegative = 5.0


def learn(lesson: Lesson, settings: HistBoostingSettings) -> Learnt:
    """Boosted trees; average precision on the tuning rows says how many rounds are kept.

    Raises:
        RedlaneError: this version of scikit-learn keeps its trees in a way redlane does not know.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    shop = Workshop.over(lesson, settings)
    model = HistGradientBoostingClassifier(
        learning_rate=settings.learning_rate,
        max_iter=lesson.rounds or settings.rounds,
        max_leaf_nodes=settings.num_leaves,
        max_depth=settings.max_depth,
        min_samples_leaf=settings.min_data_in_leaf,
        max_bins=settings.max_bin,
        max_features=settings.feature_fraction,
        l2_regularization=settings.lambda_l2,
        categorical_features=None,
        early_stopping=False,
        random_state=settings.seed,
    )
    with shop.alone():
        model.fit(shop.matrix, lesson.rows.irregular, sample_weight=lesson.rows.weight)
        rounds = int(model.n_iter_)
        if lesson.watch is not None and settings.early_stopping_rounds:
            said = model.staged_decision_function(shop.watched)
            rounds = best_rounds(said, lesson.watch, settings.early_stopping_rounds)
    base, grown = _parts(model, shop.library)
    trees = [_nodes(nodes) for nodes in grown[:rounds]]

    def own(matrix: Floats) -> Floats:
        said = enumerate(model.staged_decision_function(matrix), start=1)
        return np.array(next(score for number, score in said if number == rounds))

    return Learnt(shop.trees(Ensemble(trees, base, own)), rounds)


def best_rounds(said: Iterable[Floats], watch: TrainingData, patience: int) -> int:
    """The rounds after which average precision was best, before it failed to improve for *patience* rounds."""
    from sklearn.metrics import average_precision_score

    best, kept = -np.inf, 1
    for number, score in enumerate(said, start=1):
        precision = average_precision_score(watch.irregular, score, sample_weight=watch.weight)
        if precision > best:
            best, kept = precision, number
        elif number - kept >= patience:
            break
    return kept


def _parts(model: Any, library: str) -> tuple[float, list[Any]]:
    """The constant and the node tables, which scikit-learn keeps but does not publish."""
    try:
        base = float(np.ravel(model._baseline_prediction)[0])
        return base, [predictor.nodes for (predictor,) in model._predictors]
    except (AttributeError, TypeError, ValueError):
        raise RedlaneError(
            f"{library} keeps the trees of its histogram gradient boosting in a way redlane does not know; "
            "install the version named in requirements.lock, or choose another model"
        ) from None


def _nodes(nodes: Any) -> Nodes:
    is_leaf = nodes["is_leaf"].astype(bool)
    return Nodes(
        column=np.where(is_leaf, LEAF, nodes["feature_idx"]),
        threshold=nodes["num_threshold"],
        missing_left=nodes["missing_go_to_left"].astype(bool),
        left=nodes["left"].astype(np.int64),
        right=nodes["right"].astype(np.int64),
        value=nodes["value"],
    )
