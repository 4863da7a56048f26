"""Logistic regression on the model's own features: how much of the result needs trees at all."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.truth import Floats

ITERATIONS = 200
"""At most as many steps of the fit: a baseline that has not fully converged is still a baseline."""


def logistic_regression(
    train: pd.DataFrame,
    train_irregular: Floats,
    test: pd.DataFrame,
    *,
    categories: Sequence[str] | None = None,
    min_frequency: int = 50,
) -> Floats:
    """Probability of each test row, from a logistic regression fitted on the training rows.

    Numbers: infinities count as missing, missing takes the training median and sets an indicator, then mean 0
    and deviation 1. Text (or the columns named in *categories*): one indicator per value seen *min_frequency*
    times, one for the rest. Deterministic. Training rows without an outcome (NaN) are left out; without both
    outcomes among them every row gets the base rate.

    Raises:
        RedlaneError: *test* lacks a training column.

    >>> train = pd.DataFrame({"price": [1.0, 2.0, 8.0, 9.0]})
    >>> outcome, test = np.array([1.0, 1.0, 0.0, 0.0]), pd.DataFrame({"price": [0.0, 10.0]})
    >>> scores = logistic_regression(train, outcome, test)
    >>> bool(scores[0] > 0.5 > scores[1])
    True
    """
    missing = [name for name in train.columns if name not in test.columns]
    if missing:
        raise RedlaneError(f"logistic regression: the rows to score lack the feature '{missing[0]}'")
    labelled = ~np.isnan(train_irregular)
    outcome = train_irregular[labelled]
    if len(np.unique(outcome)) < 2:
        return np.full(len(test), outcome.mean() if len(outcome) else 0.0)
    text = list(categories) if categories is not None else _text_columns(train)
    numbers = [name for name in train.columns if name not in text]
    pipeline = _pipeline(numbers, text, min_frequency)
    values = {name: _words(train.loc[labelled, name]).unique().sort_values() for name in text}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps that did not suffice
        pipeline.fit(_prepared(train[labelled], numbers, values), outcome)
        probability = pipeline.predict_proba(_prepared(test, numbers, values))
    return np.asarray(probability[:, 1], dtype=np.float64)


def _pipeline(numbers: list[str], text: list[str], min_frequency: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    medians = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=min_frequency)
    columns = [("numbers", make_pipeline(medians, StandardScaler()), numbers), ("text", encoder, text)]
    return make_pipeline(ColumnTransformer(columns), LogisticRegression(max_iter=ITERATIONS))


def _text_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]


def _prepared(frame: pd.DataFrame, numbers: list[str], values: dict[str, pd.Index]) -> pd.DataFrame:
    clean = frame[numbers].astype(np.float64).replace([np.inf, -np.inf], np.nan)
    # Numbered by the training values: scikit-learn counts objects a hundred times more slowly than integers.
    coded = {name: index.get_indexer(_words(frame[name])) for name, index in values.items()}
    return pd.concat([clean, pd.DataFrame(coded, index=frame.index, columns=list(values))], axis=1)


def _words(column: "pd.Series[Any]") -> pd.Index:
    return pd.Index(column.astype(object).where(column.notna(), "(missing)").astype(str))
