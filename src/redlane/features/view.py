"""What a feature family may look at: the declared columns of each row, and the profiles as of the day before."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.columns import require_declared
from redlane.declarations.periods import Days, days
from redlane.hashing import Hashes
from redlane.profiles.build import Profiles
from redlane.profiles.keys import Key, KeyHashes
from redlane.profiles.ledger import Seen
from redlane.profiles.prices import MEASURES, Measure, PriceReference, log_measure

Numbers = npt.NDArray[np.float64]
Found = TypeVar("Found")


class View:
    """One batch of declarations seen through the profiles. Look-ups are made once and shared by families.

    Outcome, assessed and truth columns are not merely avoided: asking for one raises.
    """

    def __init__(self, declarations: pd.DataFrame, profiles: Profiles) -> None:
        self._declarations = declarations
        self._profiles = profiles
        self._hashes = KeyHashes(declarations)
        self._made: dict[tuple[str, Any], Any] = {}
        self._computed: dict[str, npt.NDArray[Any]] = {}
        self._facts: dict[str, Callable[[View], Mapping[str, npt.NDArray[Any]]]] = {}
        self.days: Days = days(declarations["registered_on"])

    def __len__(self) -> int:
        return len(self._declarations)

    def column(self, name: str) -> pd.Series:
        """A declared column as it stands.

        Raises:
            RedlaneError: the column is not a declared one.
        """
        require_declared([name], "a feature")
        return self._declarations[name]

    def number(self, name: str) -> Numbers:
        """A declared number, float64, NaN where missing."""
        return self.column(name).to_numpy("float64")

    def log_measure(self, measure: Measure) -> Numbers:
        """Natural logarithm of a ratio of declared amounts: see :func:`redlane.profiles.prices.log_measure`."""
        above, below = MEASURES[measure].above, MEASURES[measure].below
        require_declared([above] if below is None else [above, below], "a feature")
        return self._once("log_measure", measure, lambda: log_measure(self._declarations, measure))

    def text(self, name: str) -> npt.NDArray[np.object_]:
        """A declared text, None where missing."""
        values = self.column(name)
        return values.astype("object").where(values.notna(), None).to_numpy("object")

    def has_column(self, name: str) -> bool:
        """Whether the declarations have the column *name*."""
        return name in self._declarations

    def offer(
        self,
        computed: Mapping[str, npt.NDArray[Any]],
        fact_names: Iterable[str] = (),
        facts: "Callable[[View], Mapping[str, npt.NDArray[Any]]]" = lambda view: {},
    ) -> None:
        """Let later families read what one has *computed*, and its *facts*, which are made when first asked for.

        *facts* are made from the view they are given: holding on to it would keep a batch in memory for long.
        """
        self._computed.update(computed)
        self._facts.update(dict.fromkeys(fact_names, facts))

    def offers(self, name: str) -> bool:
        """Whether an earlier family offers a feature or a fact called *name*."""
        return name in self._computed or name in self._facts

    def offered(self, name: str) -> npt.NDArray[Any]:
        """The feature or fact *name* of an earlier family, one entry per row."""
        if name not in self._computed:
            self._computed.update(self._facts[name](self))
        return self._computed[name]

    def activity(self, key: Key) -> Seen:
        """What was declared under *key* before each row's day."""
        seen: Seen = self.profile("activity", key)
        return seen

    def outcomes(self, key: Key) -> Seen:
        """Which outcomes of *key* had become known before each row's day."""
        seen: Seen = self.profile("outcomes", key)
        return seen

    def prices(self, reference: PriceReference) -> dict[str, Numbers]:
        """The reference price that applies to each row; see :meth:`PriceBook.before`."""
        cell: dict[str, Numbers] = self.profile("prices", reference)
        return cell

    def profile(self, kind: str, need: Any) -> Any:
        """What the profile of *kind* and *need* knew of each row strictly before its day; looked up once."""
        return self._once(kind, need, lambda: self._profiles.before(kind, need, self._hashes, self.days))

    def table(self, kind: str, need: Any) -> Any:
        """The profile itself, for look-ups under other keys than the rows' own: always as of ``days``."""
        return self._profiles.tables[kind][need]

    def hashes(self, key: Key) -> Hashes:
        """The hash of *key* of each row, 0 where a part is missing."""
        return self._hashes.of(key)

    def _once(self, kind: str, what: Any, make: Callable[[], Found]) -> Found:
        if (kind, what) not in self._made:
            self._made[(kind, what)] = make()
        found: Found = self._made[(kind, what)]
        return found


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Numbers:
    """Divide; NaN where the denominator is zero or missing, or so small that the ratio is too large: never infinity.

    >>> ratio([1.0, 1.0, 1.0], [2.0, 0.0, 5e-324]).tolist()
    [0.5, nan, nan]
    """
    top, bottom = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    result = np.full(bottom.shape, np.nan)
    with np.errstate(over="ignore"):
        np.divide(top, bottom, out=result, where=np.isfinite(bottom) & (bottom != 0))
    result[np.isinf(result)] = np.nan
    return result
