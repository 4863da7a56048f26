"""A few rows of features with the scores they must get, kept in the bundle."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.model.model import Model

Floats = npt.NDArray[np.float64]

MARGIN, PROBABILITY, REVENUE = "expected margin", "expected probability", "expected revenue"
"""Columns beside the features; their names hold a space, which no feature's name does."""

_TOLERANCE = 1e-12


def write_golden(path: Path, model: Model, features: pd.DataFrame) -> None:
    """Score the rows of *features* and keep both.

    Raises:
        RedlaneError: there is no row.
    """
    if len(features) == 0:
        raise RedlaneError("a bundle needs at least one golden row of features")
    columns = {name: _column(features[name], name in model.categories) for name in model.features}
    scores = {name: pa.array(score) for name, score in _scores(model, features).items()}
    pq.write_table(pa.table({**columns, **scores}), path)


def check_golden(content: bytes, model: Model) -> None:
    """Score the golden rows again: the margin must come out the same to the last bit.

    Probability and expected revenue may differ by a factor of 1e-12, for ``exp`` is not the same on every
    processor.

    Raises:
        RedlaneError: a score differs, or the content is not a golden file of this model.
    """
    try:
        table = pq.read_table(pa.BufferReader(content)).to_pandas()
    except (pa.ArrowException, OSError, ValueError):
        raise RedlaneError("the golden rows of the bundle cannot be read") from None
    if MARGIN not in table or len(table) == 0:
        raise RedlaneError("the bundle has no golden rows with their margin")
    scores = _scores(model, table.loc[:, [name for name in table.columns if " " not in str(name)]])
    for name, score in scores.items():
        exact = name == MARGIN
        if name not in table or not _same(score, table[name].to_numpy(), 0.0 if exact else _TOLERANCE):
            raise RedlaneError(
                f"the golden rows do not score as recorded ({name}): "
                "this installation would not give the scores the bundle was released with"
            )


def _scores(model: Model, features: pd.DataFrame) -> dict[str, Floats]:
    margin = model.margin(features)
    probability = model.probability(margin)
    revenue = model.expected_revenue(features, probability)
    scores = {MARGIN: margin, PROBABILITY: probability}
    return scores if revenue is None else {**scores, REVENUE: revenue}


def _same(found: Floats, expected: Floats, tolerance: float) -> bool:
    return bool(np.all(np.abs(found - expected) <= tolerance * np.abs(expected)))


def _column(values: pd.Series, is_category: bool) -> pa.Array:
    if is_category:
        return pa.array(values.astype(object).where(values.notna(), None).tolist(), type=pa.large_string())
    return pa.array(values.to_numpy(dtype=np.float64, na_value=np.nan), type=pa.float64())
