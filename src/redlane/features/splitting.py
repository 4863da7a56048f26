"""Splitting: one consignment in several declarations, each just below a threshold."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from redlane.features.family import Computed, Family
from redlane.features.parties import capital
from redlane.features.spec import Feature
from redlane.features.view import View
from redlane.hashing import MISSING
from redlane.profiles.key_parts import JUST_BELOW, just_below
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds


class Splitting(Family):
    """Consignments cut into pieces just below a threshold, such as the value below which nothing is due.

    A piece is a declaration valued from half of ``threshold`` to below it. For each key and window: the earlier
    pieces of the same key, and the value of all of them and of this one together, divided by the threshold (above
    1, the whole would not have been below it). Declarations of the same day are never seen, so that of pieces
    registered on one day none shows the others. Red flag: splitting to stay below a threshold.
    """

    title: ClassVar[str] = "Splitting"
    family: Literal["splitting"] = "splitting"
    threshold: int = Field(default=800, ge=1)
    keys: tuple[Key, ...] = (("importer_id", "seller_id", "hs4"), ("importer_id", "hs4"), ("importer_id",))
    windows: tuple[int, ...] = (7, 14)

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "splitting")
        return keys

    def _pieces(self, key: Key) -> Key:
        return (*key, f"value_just_below_{self.threshold}")

    def columns(self) -> tuple[str, ...]:
        """The value and the columns of all keys."""
        names = [name for key in self.keys for name in source_columns(key)]
        return tuple(dict.fromkeys(["customs_value", *names]))

    def needs(self) -> ProfileNeeds:
        """Activity of each key, pieces apart from all else."""
        return ProfileNeeds(activity=tuple(self._pieces(key) for key in self.keys))

    def features(self) -> tuple[Feature, ...]:
        """Whether it is a piece, how near the threshold; then pieces and their value by key and window."""
        own = (
            Feature(
                f"value_just_below_{self.threshold}",
                f"1 when the customs value is from {JUST_BELOW * self.threshold:g} to below {self.threshold}, else 0",
                f"the customs value of {{customs_value}} lies just below the threshold of {self.threshold}",
                "valuation",
                "0 or 1",
                family="splitting",
                sentence_zero=f"the customs value of {{customs_value}} does not lie just below the threshold of "
                f"{self.threshold}",
            ),
            Feature(
                f"value_to_{self.threshold}",
                f"Customs value divided by the threshold of {self.threshold}",
                f"the customs value is {{value:share}} of the threshold of {self.threshold}",
                "valuation",
                "share",
                family="splitting",
            ),
        )
        return (*own, *(f for key in self.keys for window in self.windows for f in self._of_key(key, window)))

    def _of_key(self, key: Key, window: int) -> tuple[Feature, Feature]:
        who, below = key_phrase(key), f"just below {self.threshold}"
        return (
            Feature(
                f"{key_name(key)}_pieces_{window}d",
                f"{capital(key_words(key))}: earlier declarations {below} in the {window} days before, if this one is "
                f"as well, else 0",
                f"this declaration of {{customs_value}} is {below}, and so were {{value}} others of {who} in the "
                f"{window} days before",
                "behaviour",
                "declarations",
                family="splitting",
                sentence_zero=f"this declaration of {{customs_value}} is not {below}, or no other of {who} was in the "
                f"{window} days before",
            ),
            Feature(
                f"{key_name(key)}_pieces_value_{window}d",
                f"{capital(key_words(key))}: value of this declaration and of the earlier ones {below} in the {window} "
                f"days before, by the threshold; missing unless this one is {below} as well",
                f"together with the earlier declarations {below} of {who} in the {window} days before, the value is "
                f"{{value:share}} of the threshold",
                "behaviour",
                "share",
                family="splitting",
            ),
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`; NaN where the value or a part of the key is missing."""
        value = view.number("customs_value")
        piece = just_below(value, self.threshold)
        computed: Computed = {
            f"value_just_below_{self.threshold}": piece,
            f"value_to_{self.threshold}": np.where(np.isfinite(value), value / self.threshold, np.nan),
        }
        for key in self.keys:
            rows = np.flatnonzero(piece == 1.0)
            stated = (view.hashes(key) != MISSING) & np.isfinite(piece)
            ledger = view.table("activity", self._pieces(key))
            seen = ledger.before(view.hashes(self._pieces(key))[rows], view.days[rows])
            for window in self.windows:
                count, together = np.where(stated, 0.0, np.nan), np.full(len(value), np.nan)
                count[rows] = np.where(stated[rows], seen.total("count", window), np.nan)
                others = seen.total("value_cents", window) / 100
                together[rows] = np.where(stated[rows], (others + value[rows]) / self.threshold, np.nan)
                computed[f"{key_name(key)}_pieces_{window}d"] = count
                computed[f"{key_name(key)}_pieces_value_{window}d"] = together
        return computed
