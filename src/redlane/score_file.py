"""The score file: what was decided for each accepted declaration item, and the reasons given.

One row per item, in order of rank. Contributions by typology group and reasons are null where a row was not
explained. Bundle id and profiles id stand in every row, so that a row cut out of its file can still be checked.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from redlane.explanations.contributions import Explanation
from redlane.explanations.storage import REASONS_TYPE, spread, to_arrow, to_json
from redlane.features.spec import GROUPS
from redlane.lanes.queue import LANE_REASONS, LANES, LaneResult

SCHEMA = pa.schema(
    [
        ("declaration_id", pa.string()),
        ("item_number", pa.string()),
        ("margin", pa.float64()),
        ("probability", pa.float64()),
        ("expected_revenue", pa.float64()),
        ("rank", pa.int64()),
        ("lane", pa.string()),
        ("lane_reason", pa.string()),
        ("selection_propensity", pa.float64()),
        ("reasons", REASONS_TYPE),
        *((f"contribution_{group}", pa.float64()) for group in GROUPS),
        ("bundle_id", pa.string()),
        ("profiles_id", pa.string()),
    ]
)
"""Columns of the score file, in order."""


@dataclass(frozen=True)
class Identity:
    """What a score was made with: the ids of the bundle and of the profiles store."""

    bundle_id: str
    profiles_id: str


def score_table(
    scored: pa.Table,
    lanes: LaneResult,
    explained: npt.NDArray[np.int64],
    explanation: Explanation,
    identity: Identity,
) -> pa.Table:
    """Put a bucket of rows together.

    *scored* (n rows) has ids, margin, probability and expected revenue; *lanes* are of the same rows;
    *explanation* has one entry for each of the places *explained*.
    """
    n = scored.num_rows
    columns = {
        **{name: scored[name] for name in ("declaration_id", "item_number")},
        **{name: scored[name] for name in ("margin", "probability", "expected_revenue")},
        "rank": pa.array(lanes.rank),
        "lane": _words(lanes.lane, LANES),
        "lane_reason": _words(lanes.reason, LANE_REASONS),
        "selection_propensity": pa.array(lanes.propensity),
        "reasons": spread(to_arrow(explanation.reasons), explained, n),
        **{
            f"contribution_{group}": spread(pa.array(explanation.groups[group].to_numpy()), explained, n)
            for group in GROUPS
        },
        "bundle_id": pa.repeat(identity.bundle_id, n),
        "profiles_id": pa.repeat(identity.profiles_id, n),
    }
    return pa.table(columns, schema=SCHEMA)


def for_csv(table: pa.Table) -> pa.Table:
    """The same table with reasons as JSON text, for files whose cells are plain."""
    place = table.schema.get_field_index("reasons")
    texts = [to_json(chunk) for chunk in table["reasons"].chunks]
    column = pa.chunked_array([pa.array(text, pa.string()) for text in texts], pa.string())
    return table.set_column(place, "reasons", column)


def _words(codes: npt.NDArray[np.uint8], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)).dictionary_decode()
