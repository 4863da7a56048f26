"""What inspections found, as plain arrays: one entry per labelled row."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """The labelled rows a ranking is judged on; all arrays have the same length n.

    Attributes:
        irregular: 1.0 where the inspection found an irregularity, else 0.0; never NaN.
        revenue: revenue recovered, reference currency; NaN counts as nothing recovered; None if not recorded.
        revenue_is_proxy: the revenue is a stand-in computed from other columns, and reports must say so.
        registered_day: days since 1970-01-01; places the row in a week.
        tie: 64-bit hash of the row's identifier; rows of equal score are inspected in ascending hash order.
        typology: planted scheme of each row (None or NaN where unknown); None if unknown for all.
        propensity: probability in (0, 1] with which the row came to be inspected; NaN where unknown.

    Raises:
        RedlaneError: lengths differ, there is no row, or a value is impossible.

    >>> import numpy as np
    >>> Truth(np.array([0.0, np.nan]), None, False, np.array([0, 1]), np.array([5, 6], dtype=np.uint64))
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: evaluation needs outcomes of 0 or 1, found nan; pass labelled rows only
    """

    irregular: Floats
    revenue: Floats | None
    revenue_is_proxy: bool
    registered_day: Integers
    tie: npt.NDArray[np.uint64]
    typology: npt.NDArray[np.object_] | None = None
    propensity: Floats | None = None

    def __post_init__(self) -> None:
        if not len(self.irregular):
            raise RedlaneError("evaluation needs at least one labelled row, found none")
        require_lengths(self._arrays(), len(self.irregular))
        odd = self.irregular[~np.isin(self.irregular, (0.0, 1.0))]
        if len(odd):
            raise RedlaneError(
                f"evaluation needs outcomes of 0 or 1, found {odd[0]:g}; pass labelled rows only"
            )
        if self.revenue is not None and np.isinf(self.revenue).any():
            raise RedlaneError("evaluation: an infinite revenue is impossible; leave unknown revenue missing")
        _require_propensity(self.propensity)

    def __len__(self) -> int:
        return len(self.irregular)

    def where(self, mask: Booleans) -> "Truth":
        """The rows where *mask* (n booleans) holds: a slice to be judged by itself."""
        chosen: dict[str, Any] = {name: values[mask] for name, values in self._arrays().items()}
        return replace(self, **chosen)

    def paid(self) -> Floats | None:
        """Revenue with 0 where it is missing; None if not recorded."""
        return None if self.revenue is None else np.nan_to_num(self.revenue.astype(np.float64))

    def _arrays(self) -> dict[str, npt.NDArray[Any]]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def blocks(day: Integers, kind: str) -> tuple[npt.NDArray[np.intp], Integers]:
    """Number the periods that occur in *day*: (code of each row, first day of each period), in order of time.

    Weeks start on Monday, months on their first; *kind* is ``day``, ``week`` or ``month``.

    >>> import numpy as np
    >>> codes, starts = blocks(np.array([4, 10, 11]), "week")  # 1970-01-05 was a Monday
    >>> codes.tolist(), starts.tolist()
    ([0, 0, 1], [4, 11])
    """
    if kind == "week":
        start = (day + 3) // 7 * 7 - 3
    elif kind == "month":
        start = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    else:
        start = day
    starts, codes = np.unique(start, return_inverse=True)
    return codes, starts


def require_lengths(arrays: Mapping[str, npt.NDArray[Any]], n: int) -> None:
    """Check that every array holds one value for each of *n* rows.

    Raises:
        RedlaneError: one does not; the sentence names it.
    """
    for name, values in arrays.items():
        if values.shape != (n,):
            raise RedlaneError(f"evaluation: '{name}' has shape {values.shape}, not {(n,)} like the outcomes")


def _require_propensity(propensity: Floats | None) -> None:
    if propensity is None:
        return
    odd = propensity[(propensity <= 0) | (propensity > 1)]
    if len(odd):
        raise RedlaneError(
            f"evaluation: a propensity of {odd[0]:g} is impossible; inspected rows have one above 0"
        )
