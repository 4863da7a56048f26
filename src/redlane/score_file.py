"""The score file: what was decided for each accepted declaration item, and the reasons given.

One row per item, in order of rank. Reasons, red flags and what is said by typology group are null where a row was
not explained; ``docs/score-file.md`` says what each column means. Bundle id and profiles id stand in every row, so
that a row cut out of its file can still be checked.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from redlane.explanations.contributions import Explanation
from redlane.explanations.flags import FLAGS_TYPE, RaisedFlags
from redlane.explanations.storage import REASONS_TYPE, spread, to_arrow, to_json
from redlane.explanations.typology import leading_groups, suggested_controls
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
        ("leading_group", pa.string()),
        ("suggested_control", pa.string()),
        ("flags", FLAGS_TYPE),
        ("flags_not_computed", pa.int64()),
        *((f"flags_{group}", pa.int64()) for group in GROUPS),
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
        "leading_group": spread(pa.array(leading_groups(explanation.groups), pa.string()), explained, n),
        "suggested_control": spread(
            pa.array(suggested_controls(explanation.groups), pa.string()), explained, n
        ),
        **_flags(explanation.flags, explained, n),
        "bundle_id": pa.repeat(identity.bundle_id, n),
        "profiles_id": pa.repeat(identity.profiles_id, n),
    }
    return pa.table(columns, schema=SCHEMA)


def for_csv(table: pa.Table) -> pa.Table:
    """The same table with reasons and flags as JSON text, for files whose cells are plain."""
    for name in ("reasons", "flags"):
        texts = [to_json(chunk) for chunk in table[name].chunks]
        column = pa.chunked_array([pa.array(text, pa.string()) for text in texts], pa.string())
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def _flags(flags: RaisedFlags | None, explained: npt.NDArray[np.int64], n: int) -> dict[str, pa.Array]:
    """The columns about red flags; null everywhere where the model knows none."""
    if flags is None:
        names = ("flags", "flags_not_computed", *(f"flags_{group}" for group in GROUPS))
        return {name: pa.nulls(n, SCHEMA.field(name).type) for name in names}
    return {
        "flags": spread(flags.to_arrow(), explained, n),
        "flags_not_computed": spread(pa.array(flags.not_computed), explained, n),
        **{
            f"flags_{group}": spread(pa.array(flags.by_group[group].to_numpy("int64")), explained, n)
            for group in GROUPS
        },
    }


def _words(codes: npt.NDArray[np.uint8], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)).dictionary_decode()
