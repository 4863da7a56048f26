"""The rows of a report scored once more: does the stored score come out, and what would it be without each reason?"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.errors import RedlaneError
from redlane.explanations.without import Given, covered, margins_without
from redlane.features.catalogue import FeatureSettings, build
from redlane.model.bundle import Bundle
from redlane.profiles.build import Profiles
from redlane.reports.packing import numbers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recount:
    """What scoring n rows again gave.

    ``held`` (n,): the stored margin came out bit for bit; only of these rows anything else is told. ``without``: for
    each reason, in the order of the score file, the margin with its fact missing, and ``probability`` what that stands
    for. ``covered`` (n,): the reasons' share of all that raised the margin. NaN where not told.
    """

    held: npt.NDArray[np.bool_]
    without: Floats
    probability: Floats
    covered: Floats

    def told(self) -> dict[str, Any]:
        """For the page, beside the reasons."""
        return {"without": numbers(self.without), "without_probability": numbers(self.probability)}


def recount(
    chosen: pa.Table, found: npt.NDArray[np.bool_], frame: pd.DataFrame, bundle: Bundle, profiles: Profiles
) -> Recount | None:
    """Score the rows of *chosen* that were *found* again, from what they declare (*frame*, the found ones in order).

    None where this version of redlane, or these declarations, cannot make the bundle's features.
    """
    features = _features(frame, bundle, profiles)
    if features is None:
        return None
    model, specs = bundle.model, bundle.specs
    margin = np.full(len(chosen), np.nan)
    margin[found] = model.margin(features)
    held = found & (margin == chosen["margin"].to_numpy())
    features = features[held[found]].reset_index(drop=True)
    lines = held[_row_of(chosen)]
    given = _given(chosen, held)
    without, probability, shares = (np.full(n, np.nan) for n in (len(lines), len(lines), len(chosen)))
    without[lines] = margins_without(model, features, specs, given)
    probability[lines] = model.probability(without[lines])
    with suppress(NotImplementedError):  # no contributions, no reasons: nothing is asked of them
        shares[held] = covered(model.contributions(features), specs, given)
    return Recount(held, without, probability, shares)


def _features(frame: pd.DataFrame, bundle: Bundle, profiles: Profiles) -> pd.DataFrame | None:
    try:
        settings = FeatureSettings.parse(bundle.configured("features"), "the bundle's features")
        features = build(frame, profiles, settings)
    except RedlaneError:
        return None
    return features if tuple(features) == bundle.model.features else None


def _row_of(chosen: pa.Table) -> npt.NDArray[np.int64]:
    """Whose each reason is."""
    lengths = pc.fill_null(pc.list_value_length(chosen["reasons"]), 0).to_numpy()
    return np.repeat(np.arange(len(chosen)), lengths)


def _given(chosen: pa.Table, held: npt.NDArray[np.bool_]) -> Given:
    """The reasons of the rows that *held*, rows counted among these alone."""
    row, flat = _row_of(chosen), pc.list_flatten(chosen["reasons"].combine_chunks())
    kept = held[row]
    code = np.array(flat.field("code").to_pylist(), dtype=object)[kept]
    added = flat.field("contribution").to_numpy(zero_copy_only=False)[kept]
    return Given((np.cumsum(held) - 1)[row[kept]], code.tolist(), added)
