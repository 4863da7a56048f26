"""Red flags of explained rows: which are raised, in sentences, how many of each group, how many are unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from redlane.explanations.reasons import field_words
from redlane.explanations.sentences import Template
from redlane.features.flags.flag import Flag
from redlane.features.spec import GROUPS

Places = npt.NDArray[np.int64]

FLAGS_TYPE = pa.list_(
    pa.struct(
        [("id", pa.string()), ("version", pa.int64()), ("group", pa.string()), ("sentence", pa.string())]
    )
)
"""The type of the score file's column ``flags``; null where a row was not explained."""


@dataclass(frozen=True)
class RaisedFlags:
    """Red flags of n rows: row i's raised ones stand from ``offsets[i]`` to ``offsets[i + 1]``, in order of id.

    ``flag`` are places in ``catalogue``; ``by_group`` (n, groups) counts them; ``not_computed`` (n,) counts the
    flags that are neither raised nor not raised.
    """

    catalogue: tuple[Flag, ...]
    offsets: Places
    flag: Places
    sentence: npt.NDArray[np.object_]
    by_group: pd.DataFrame
    not_computed: Places

    def to_arrow(self) -> pa.Array:
        """The raised flags of each row as one Arrow array of :data:`FLAGS_TYPE`."""
        flags = self.catalogue
        columns = [
            pa.array([flags[place].id for place in self.flag], pa.string()),
            pa.array([flags[place].version for place in self.flag], pa.int64()),
            pa.array([flags[place].group for place in self.flag], pa.string()),
            pa.array(self.sentence, pa.string()),
        ]
        structs = pa.StructArray.from_arrays(columns, fields=list(FLAGS_TYPE.value_type))
        return pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), structs).cast(FLAGS_TYPE)


def raised_flags(features: pd.DataFrame, facts: pd.DataFrame, flags: Sequence[Flag]) -> RaisedFlags:
    """The flags of every row, from its *features* (which hold each flag's value) and the *facts* sentences name.

    >>> heavy = Flag(id="X1", version=1, title="Heavy", group="quantity", severity="low", source="own",
    ...              expression="net_mass > 1000", sentence="weighs {net_mass} kg")
    >>> rows = raised_flags(pd.DataFrame({"flag_X1": [1.0, 0.0, np.nan]}),
    ...                     pd.DataFrame({"net_mass": [1200.0, 3.0, np.nan]}), [heavy])
    >>> rows.sentence.tolist(), rows.by_group["quantity"].tolist(), rows.not_computed.tolist()
    (['weighs 1200 kg'], [1, 0, 0], [0, 0, 1])
    """
    values = features[[flag.feature for flag in flags]].to_numpy("float64").reshape(len(features), len(flags))
    row, flag = np.nonzero(values == 1)
    sentences = np.full(len(row), None, dtype=object)
    for place in np.unique(flag).tolist():
        said = np.flatnonzero(flag == place)
        spec = flags[place]
        words = field_words(spec.feature, row[said], features, facts)
        sentences[said] = Template.parse(spec.spoken, f"flag '{spec.id}'").fill(words, len(said))
    return RaisedFlags(
        catalogue=tuple(flags),
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(row, minlength=len(values)))]),
        flag=flag.astype(np.int64),
        sentence=sentences,
        by_group=_by_group(values == 1, flags),
        not_computed=np.isnan(values).sum(axis=1).astype(np.int64),
    )


def _by_group(raised: npt.NDArray[np.bool_], flags: Sequence[Flag]) -> pd.DataFrame:
    members = {group: [place for place, flag in enumerate(flags) if flag.group == group] for group in GROUPS}
    return pd.DataFrame({group: raised[:, places].sum(axis=1) for group, places in members.items()})
