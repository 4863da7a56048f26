"""The rankings always shown beside the model: what could be had for less, or for nothing.

Each is a small function of plain arrays; higher scores are inspected first. Those that learn do so from
training rows only.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from redlane.evaluation.truth import Booleans, Floats
from redlane.hashing import Hashes, combine, hash64

GOODS = ("hs6", "departure_country", "origin_country", "duty_rate", "tax_type", "net_mass")
"""What the exact goods tuple consists of; ``hs6`` is the first six digits of ``hs_code`` where absent."""


def random_rank(tie: Hashes, seed: int = 0) -> Floats:
    """Chance: a second hash of each row's identifier hash, uniform on [0, 1); the floor under everything.

    Independent of the tie order and of the order of rows.

    >>> random_rank(np.array([1, 2], dtype=np.uint64)).round(3).tolist()
    [0.581, 0.216]
    """
    salt = np.full(len(tie), hash64([f"random rank {seed}"])[0])
    return combine([np.maximum(tie, np.uint64(1)), salt]).astype(np.float64) / 2.0**64


def value_rank(customs_value: Floats) -> Floats:
    """The dearest first: what an office without any risk system often does (CFD's *price* rank). NaN last."""
    return np.asarray(customs_value, dtype=np.float64).copy()


def unit_price_rule(position: Floats) -> Floats:
    """The lowest unit price against its peers first: the classic undervaluation rule.

    *position* is any as-of number that is low when the unit price is low for its reference cell (the log
    ratio to the cell's median, say, or a robust z-score). NaN (no peers) last.

    >>> unit_price_rule(np.array([-1.2, 0.3])).tolist()
    [1.2, -0.3]
    """
    return -np.asarray(position, dtype=np.float64)


def unit_price_position(train: pd.DataFrame, test: pd.DataFrame, least: int = 10) -> Floats:
    """Log unit price (value per kg) minus the training median of the same HS6 and origin, else of the HS6.

    The input of :func:`unit_price_rule` where no as-of feature is at hand. A cell needs *least* rows;
    without one, or without value or mass, the result is NaN. Divides before taking the logarithm.
    """
    own, peers = _log_unit_price(test), _log_unit_price(train)
    medians = np.full(len(test), np.nan)
    for columns in (("hs6",), ("hs6", "origin_country")):
        cell, wanted = goods_tuple(train, columns), goods_tuple(test, columns)
        summary = pd.Series(peers).groupby(cell).agg(["median", "count"])
        found = summary.loc[summary["count"] >= least, "median"].reindex(wanted).to_numpy(dtype=np.float64)
        medians = np.where(np.isnan(found), medians, found)
    return np.asarray(own - medians, dtype=np.float64)


def repeat_columns(columns: Iterable[str], wanted: Sequence[str] = GOODS) -> tuple[str, ...]:
    """Those of *wanted* that declarations with these *columns* have: what tells whether a row repeats another.

    >>> repeat_columns(["hs_code", "net_mass"]), repeat_columns(["customs_value"])
    (('hs6', 'net_mass'), ())
    """
    held = set(columns)
    held |= {"hs6"} if "hs_code" in held else set()
    return tuple(name for name in wanted if name in held)


def goods_tuple(frame: pd.DataFrame, columns: Sequence[str] = GOODS) -> Hashes:
    """One hash per row of the exact goods tuple; numbers count by their exact value, missing as a value.

    A column the frame does not have counts as missing in every row.

    >>> goods = pd.DataFrame({"hs_code": ["0101210000", "010121"], "net_mass": [2.0, 2.0]})
    >>> first, second = goods_tuple(goods)
    >>> bool(first == second)
    True
    """
    return combine([_hashed(frame, name) for name in columns])


def unseen_tuple(
    train_goods: pd.DataFrame, test_goods: pd.DataFrame, columns: Sequence[str] = GOODS
) -> Booleans:
    """True for the test rows whose exact tuple of *columns* no training row has: the honest slice.

    Where synthesis or duplication has copied rows together with their outcome, only these rows can show what
    a model has learned.
    """
    return ~np.isin(goods_tuple(test_goods, columns), goods_tuple(train_goods, columns))


def lookup_table(
    train_goods: pd.DataFrame,
    train_irregular: Floats,
    test_goods: pd.DataFrame,
    strength: float = 1.0,
    columns: Sequence[str] = GOODS,
) -> Floats:
    """The mean training outcome of the exact tuple of *columns*, smoothed to the base rate; unseen: the base rate.

    ``(hits + strength * base) / (rows + strength)``. A table cannot generalise: if it beats the models, the
    test rows were in the training rows. Training rows without an outcome (NaN) are left out.

    >>> goods = pd.DataFrame({"hs_code": ["010121", "010121", "620342"]})
    >>> lookup_table(goods[:2], np.array([1.0, 1.0]), goods).tolist()
    [1.0, 1.0, 1.0]
    >>> lookup_table(goods, np.array([1.0, 1.0, 0.0]), goods).round(3).tolist()
    [0.889, 0.889, 0.333]
    """
    labelled = ~np.isnan(train_irregular)
    outcome = train_irregular[labelled]
    base = float(outcome.mean()) if len(outcome) else 0.0
    summary = pd.Series(outcome).groupby(goods_tuple(train_goods, columns)[labelled]).agg(["sum", "count"])
    smoothed = (summary["sum"] + strength * base) / (summary["count"] + strength)
    return smoothed.reindex(goods_tuple(test_goods, columns)).fillna(base).to_numpy(dtype=np.float64)


def _hashed(frame: pd.DataFrame, name: str) -> Hashes:
    values = frame.get(name)
    if values is None and name == "hs6" and "hs_code" in frame:
        values = frame["hs_code"].str[:6]
    if values is None:
        return np.full(len(frame), hash64([f"{name} missing"])[0])
    codes, distinct = pd.factorize(values)
    words = [f"{name}={_word(value)}" for value in distinct]
    return hash64([*words, f"{name} missing"])[codes]  # factorize gives missing values the code -1: the last


def _word(value: object) -> str:
    return repr(float(value) + 0.0) if isinstance(value, int | float | np.number) else str(value)


def _log_unit_price(frame: pd.DataFrame) -> Floats:
    value, mass = (frame[name].to_numpy(dtype=np.float64) for name in ("customs_value", "net_mass"))
    usable = (value > 0) & (mass > 0)
    price: Floats = np.full(len(frame), np.nan)
    price[usable] = np.log(value[usable] / mass[usable])
    return price
