"""Expected prices: what goods of a kind cost, added up from effects of good, origin, mode and of what they share.

Method: a hedonic price model with crossed random effects, estimated by penalised least squares (the best linear
unbiased predictor; Henderson 1975, Robinson 1991) with Huber's weights (1964). A cell's median says little where few
traders make the cell, and goods that are rare from one origin are compared with those of all origins. Here each trade
of a party counts once, however many declarations it made; every effect is drawn towards nothing by as much as little is
known of it; what is known of an origin or a mode of transport from other goods helps where a good is rare.
"""

from collections.abc import Container, Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from redlane.hashing import MISSING, Hashes, combine
from redlane.profiles.keys import EVERYTHING, Key, check_key, source_columns
from redlane.profiles.prices import MEASURES, Measure, Numbers, Ratio
from redlane.settings import Settings

Places = npt.NDArray[np.int64]

STEPS = 2.0**16
"""Effects are kept in steps of 2^-16 of a natural logarithm: the last digits of a solution are nobody's business."""

_MEDIAN = np.pi / 2
"""Variance of a median over that of a mean (normal errors)."""
_FAR = 1.5
"""Trades farther than so many standard deviations from what is expected of them weigh less (Huber)."""
_ROUNDS = 2


class Effect(Settings):
    """One effect on the logarithm of a price: of what, and its standard deviation."""

    key: Key
    spread: float = Field(gt=0, le=5)

    @field_validator("key")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "expected prices")
        return key


class ExpectedReference(Settings):
    """Which prices to expect of what.

    ``effects`` add up to the expected logarithm of ``measure``. A measure of the supplementary quantity keeps them
    apart by its unit as well. Declarations with the same ``trade`` and the same effects count as one, by their median:
    ``spread`` is how honest prices vary within a trade, ``level_spread`` how the levels of trades vary. Nothing is
    expected where it is known less well than to a standard deviation of ``known_within``, and nothing published of
    fewer than ``minimum_trades``. All are natural logarithms.
    """

    measure: Measure = "price_per_kg"
    trade: Key = ("importer_id", "seller_id", "hs6")
    effects: tuple[Effect, ...] = Field(
        default=(
            Effect(key=("hs4",), spread=1.0),
            Effect(key=("hs6",), spread=0.45),
            Effect(key=("origin_country",), spread=0.2),
            Effect(key=("transport_mode",), spread=0.3),
            Effect(key=("hs6", "origin_country"), spread=0.15),
        ),
        min_length=1,
    )
    spread: float = Field(default=0.3, gt=0.01, le=2)
    level_spread: float = Field(default=0.25, gt=0.01, le=2)
    known_within: float = Field(default=0.5, gt=0)
    window_days: int = Field(default=365, ge=7)
    publish_every_days: int = Field(default=28, ge=1)
    minimum_trades: int = Field(default=30, ge=2)

    @field_validator("trade")
    @classmethod
    def _known_trade(cls, trade: Key) -> Key:
        check_key(trade, "expected prices")
        return trade

    @property
    def ratio(self) -> Ratio:
        """The declared amounts that are compared."""
        return MEASURES[self.measure]

    def every_key(self) -> tuple[Key, ...]:
        """Everything, for the mean, and then what the effects are of.

        >>> ExpectedReference(measure="mass_per_unit", effects=(Effect(key=("hs6",), spread=1.0),)).every_key()
        ((), ('hs6', 'quantity_unit'))
        """
        return ((), *((*effect.key, *self._unit()) for effect in self.effects))

    def _unit(self) -> Key:
        return ("quantity_unit",) if self.ratio.below == "quantity" else ()

    def columns(self) -> tuple[str, ...]:
        """The declared columns these prices are made from."""
        parts = [name for key in (*self.every_key(), self.trade) for name in source_columns(key)]
        return tuple(dict.fromkeys([*self.ratio.columns(), *parts]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the effects, and the parts of a trade, whose columns are not there; None where nothing is left.

        >>> ExpectedReference().reduced_to({"customs_value", "net_mass", "hs_code", "importer_id"}).trade
        ('importer_id', 'hs6')
        """
        if not all(name in columns for name in (*self.ratio.columns(), *self._unit())):
            return None
        effects = tuple(e for e in self.effects if all(name in columns for name in source_columns(e.key)))
        trade = tuple(part for part in self.trade if all(name in columns for name in source_columns((part,))))
        return self.model_copy(update={"effects": effects, "trade": trade}) if effects else None

    def words(self) -> str:
        """The reference in words.

        >>> ExpectedReference(effects=(Effect(key=("hs6",), spread=1.0), Effect(key=("hs4",), spread=1.0))).words()
        'expected prices per kg by hs6; hs4'
        """
        return f"expected {self.ratio.words} by {'; '.join(', '.join(e.key) for e in self.effects)}"


class Estimated(NamedTuple):
    """One effect: the keys it is known of (ascending), what it is there, and the variance of what is left unknown."""

    keys: Hashes
    effect: Numbers
    variance: Numbers


class Trades(NamedTuple):
    """Trades: ``log_price`` the median of each, of so many ``declarations``; ``keys`` one array per effect."""

    log_price: Numbers
    declarations: Places
    keys: Sequence[Hashes]


def estimate(trades: Trades, reference: ExpectedReference) -> list[Estimated]:
    """The effects of *reference*: the mean of all first, under the key of everything, then one after the other.

    >>> one = ExpectedReference(effects=(Effect(key=("hs6",), spread=1.0),), level_spread=0.1, spread=0.1)
    >>> goods = np.array([5, 5, 9, 9], np.uint64)
    >>> mean, good = estimate(Trades(np.array([1.0, 1.2, 2.9, 3.1]), np.full(4, 9), [goods]), one)
    >>> mean.effect.round(2).tolist(), good.effect.round(2).tolist()
    ([2.05], [-0.94, 0.94])
    """
    precision = 1.0 / (reference.level_spread**2 + _MEDIAN * reference.spread**2 / trades.declarations)
    mean = np.rint((trades.log_price * precision).sum() / precision.sum() * STEPS) / STEPS
    cells = _Cells.of(trades)
    design = _Design.of([key[cells.first] for key in trades.keys], [e.spread for e in reference.effects])
    weight = precision
    for _ in range(_ROUNDS):
        held, away = cells.mean(trades.log_price - mean, weight)
        effects = design.solve(away, held)
        left = np.abs(trades.log_price - mean - design.fitted(effects)[cells.of_trade]) * np.sqrt(precision)
        weight = precision * np.minimum(1.0, _FAR / np.maximum(left, _FAR))
    everything = Estimated(np.array([EVERYTHING]), np.array([mean]), np.zeros(1))
    held, _ = cells.mean(trades.log_price, weight)
    return [everything, *design.split(np.rint(effects * STEPS) / STEPS, held)]


def together(keys: Sequence[Hashes]) -> Hashes:
    """The hash of all *keys* of each row; what is missing is alike among rows, and does not make the whole missing.

    >>> goods, origin = np.array([5, 5], np.uint64), np.array([0, 0], np.uint64)
    >>> whole = together([goods, origin])
    >>> bool(whole[0] == whole[1] != MISSING)
    True
    """
    return combine([np.where(key == MISSING, EVERYTHING, key) for key in keys])


class _Cells(NamedTuple):
    """Trades with the same effects: the ``first`` of each cell, and the cell ``of_trade``.

    Least squares see nothing of them but their weighted mean, and there are far fewer of them.
    """

    first: Places
    of_trade: Places

    @classmethod
    def of(cls, trades: Trades) -> "_Cells":
        _, first, of_trade = np.unique(together(trades.keys), return_index=True, return_inverse=True)
        return cls(first, of_trade)

    def mean(self, values: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
        """The weight of each cell, and the weighted mean of its *values*."""
        total: Numbers = np.bincount(self.of_trade, weight).astype(np.float64)
        return total, np.bincount(self.of_trade, weight * values) / total


class _Design(NamedTuple):
    """Which effects bear on which cell: entry by entry the ``row`` and the ``column``, a column per key and effect."""

    keys: list[Hashes]
    starts: Places
    row: Places
    column: Places
    spread: Numbers
    rows: int

    @classmethod
    def of(cls, keys: Sequence[Hashes], spreads: Sequence[float]) -> "_Design":
        known, rows, columns, start = [], [], [], 0
        for values in keys:
            stated = np.flatnonzero(values != MISSING)
            distinct, place = np.unique(values[stated], return_inverse=True)
            known.append(distinct)
            rows.append(stated)
            columns.append(place + start)
            start += len(distinct)
        sizes = [len(distinct) for distinct in known]
        return cls(
            known,
            np.cumsum([0, *sizes]),
            np.concatenate(rows),
            np.concatenate(columns),
            np.repeat(np.array(spreads), sizes),
            len(keys[0]),
        )

    def solve(self, away: Numbers, weight: Numbers) -> Numbers:
        """The effects that fit *away* best, each held back by its own spread: normal equations, solved exactly.

        Effects of many keys (a subheading from one origin) meet few others, and are eliminated first: little fills in.
        """
        from scipy.sparse import csr_matrix, identity
        from scipy.sparse.linalg import splu

        sizes = np.diff(self.starts)
        place = np.argsort(np.argsort(-np.repeat(sizes, sizes), kind="stable"))
        root = np.sqrt(weight)
        entries = self.spread[self.column] * root[self.row]
        matrix = csr_matrix((entries, (self.row, place[self.column])), shape=(self.rows, len(place)))
        normal = (matrix.T @ matrix + identity(len(place))).tocsc()
        factors = splu(normal, permc_spec="NATURAL", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        found: Numbers = factors.solve(matrix.T @ (root * away))[place] * self.spread
        return found

    def fitted(self, effects: Numbers) -> Numbers:
        """What the effects add up to for each cell."""
        total: Numbers = np.bincount(self.row, effects[self.column], minlength=self.rows).astype(np.float64)
        return total

    def split(self, effects: Numbers, weight: Numbers) -> list[Estimated]:
        """Each effect on its own. Its variance is that of a shrunken mean, all other effects taken as known."""
        information = np.bincount(self.column, weight[self.row], minlength=len(self.spread))
        variance = 1.0 / (information + self.spread**-2.0)
        parts = zip(self.keys, self.starts[:-1], self.starts[1:], strict=True)
        return [Estimated(keys, effects[start:end], variance[start:end]) for keys, start, end in parts]
