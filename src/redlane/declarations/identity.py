"""What names one declaration item, and the hash that breaks ties between items."""

import pandas as pd

from redlane.hashing import Hashes, hash64

SEPARATOR = "\x1f"
"""Stands between declaration id and item number where the two make one name (the ASCII unit separator)."""


def tie_hash(declarations: pd.DataFrame) -> Hashes:
    """uint64 hash of each row's declaration and item: the order of ties, the same on every engine.

    >>> tie_hash(pd.DataFrame({"declaration_id": ["A1"], "item_number": ["1"]})).tolist()
    [11912403719710784085]
    """
    return hash64(declarations["declaration_id"] + SEPARATOR + declarations["item_number"])
