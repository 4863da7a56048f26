"""How mirror gaps grow with the tax: the evasion elasticity of Fisman and Wei, by plain least squares.

Source: Fisman and Wei, "Tax Rates and Tax Evasion: Evidence from 'Missing Imports' in China", Journal of Political
Economy 112 (2004), who find 3 % more of missing imports for one more percentage point of tax, and less of them where
similar goods are taxed more.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError

LEAST_ROWS = 30
"""Fewer goods and partners than this give no elasticity."""

CAUTIONS = (
    "An association over goods, not a proof: whatever else goes with high rates (distance, hubs, bulk) is in it.",
    "Only pairs that both sides recorded enter; goods that are smuggled altogether are in neither table.",
    "The standard error takes all pairs as independent; goods of one heading or partner are not quite.",
    "Declared rates stand for the tariff: where preferences are abused, they are too low.",
)
"""To be read with every elasticity."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Elasticity:
    """``tax``: per cent of more missing imports for one more percentage point; ``similar``: for one more point
    on the heading's other subheadings (below 0: goods are declared as cheaper taxed ones). With standard errors."""

    tax: float
    tax_error: float
    similar: float
    similar_error: float
    constant: float
    pairs: int
    r_squared: float


def duty_rates(declarations: pd.DataFrame) -> pd.Series:
    """Mean declared duty rate (%) of each subheading, weighted by value; only rates without a preference."""
    usual = declarations["duty_rate"].notna() & (declarations["customs_value"] > 0)
    if "preference_claimed" in declarations:
        usual &= declarations["preference_claimed"].fillna(0.0) == 0
    rows = declarations[usual]
    hs6 = rows["hs_code"].str.slice(0, 6).rename("hs6")
    paid = (rows["duty_rate"] * rows["customs_value"]).groupby(hs6, sort=True).sum()
    return paid / rows["customs_value"].groupby(hs6, sort=True).sum()


def evasion_elasticity(gaps: pd.DataFrame, rates: pd.Series) -> Elasticity:
    """Regress the log gap of every matched pair on its rate and that of its siblings, by ordinary least squares.

    *gaps* is a table of :func:`~redlane.analysis.mirror_gaps.mirror_gaps`, *rates* duty rates in % by subheading.
    The rate of similar goods is the mean over the heading's other subheadings, weighted by recorded exports.

    Raises:
        RedlaneError: fewer than :data:`LEAST_ROWS` pairs, or rates that do not vary.
    """
    frame = gaps.assign(rate=gaps["hs6"].map(rates), heading=gaps["hs6"].str.slice(0, 4))
    frame["similar"] = _similar(frame)
    frame = frame.loc[np.isfinite(frame[["log_gap", "rate", "similar"]].to_numpy("float64")).all(axis=1)]
    if len(frame) < LEAST_ROWS:
        raise RedlaneError(
            f"{len(frame)} pairs of goods and partners have a gap and duty rates; an elasticity needs {LEAST_ROWS}"
        )
    design = np.column_stack([np.ones(len(frame)), frame["rate"] / 100, frame["similar"] / 100])
    found, errors, explained = least_squares(design, frame["log_gap"].to_numpy("float64"))
    return Elasticity(*(found[1], errors[1], found[2], errors[2], found[0]), len(frame), explained)


def least_squares(design: Numbers, outcome: Numbers) -> tuple[list[float], list[float], float]:
    """Coefficients, standard errors and share of variance explained of ordinary least squares.

    Raises:
        RedlaneError: the columns of the design do not vary, or only together.

    >>> least_squares(np.array([[1, 0], [1, 1], [1, 2.0]]), np.array([1, 3, 5.0]))[0]
    [1.0, 2.0]
    """
    rows, columns = design.shape
    if rows <= columns or np.linalg.matrix_rank(design) < columns:
        raise RedlaneError("duty rates do not vary enough over goods to tell their effect")
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ design.T @ outcome
    rest = outcome - design @ found
    error = np.sqrt(np.diag(inverse) * float(rest @ rest) / (rows - columns))
    spread = float(((outcome - outcome.mean()) ** 2).sum())
    share = 1.0 - float(rest @ rest) / spread if spread > 0 else float("nan")
    return np.round(found, 12).tolist(), error.tolist(), share


def _similar(frame: pd.DataFrame) -> pd.Series:
    """Rate of the heading's other subheadings, weighted by what all partners recorded."""
    goods = (
        frame.dropna(subset=["rate"])
        .groupby(["heading", "hs6"])
        .agg(rate=("rate", "first"), weight=("exports", "sum"))
    )
    goods["paid"] = goods["rate"] * goods["weight"]
    others = goods.groupby("heading")[["paid", "weight"]].transform("sum") - goods[["paid", "weight"]]
    mean = others["paid"] / others["weight"].where(others["weight"] > 1e-6)
    return frame["hs6"].map(mean.droplevel("heading"))
