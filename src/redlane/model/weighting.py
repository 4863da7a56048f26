"""How much each training row counts: repeats of what was seen before can be made to count less.

A file in which the same goods come again and again, outcome included, rewards a model for memory. Counting
repeats less makes it learn what tells one good from another instead.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, field_validator

from redlane.declarations.periods import days
from redlane.profiles.keys import Key, KeyHashes, check_key
from redlane.settings import Settings


class Weighting(Settings):
    """``repeat_weight`` is what a row counts whose ``repeat_key`` occurred on an earlier day; others count 1."""

    repeat_key: Key = ()
    repeat_weight: float = Field(default=1.0, gt=0, le=1)

    @field_validator("repeat_key")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "weighting")
        return key

    def weights(self, declarations: pd.DataFrame) -> npt.NDArray[np.float64] | None:
        """One weight per declaration; None where all count the same.

        >>> days = pd.to_datetime(["2024-01-01", "2024-01-02"])
        >>> twice = pd.DataFrame({"hs_code": ["620342", "620342"], "registered_on": days})
        >>> Weighting(repeat_key=("hs6",), repeat_weight=0.5).weights(twice).tolist()
        [1.0, 0.5]
        """
        if not self.repeat_key or self.repeat_weight == 1.0:
            return None
        registered = days(declarations["registered_on"])
        keys = KeyHashes(declarations).of(self.repeat_key)
        first = pd.Series(registered).groupby(keys).transform("min").to_numpy()
        repeated = (registered > first) & (keys != 0)
        return np.where(repeated, self.repeat_weight, 1.0)
