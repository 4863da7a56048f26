"""A comparison on the terminal and on record: tables for people, numbers for programs, nothing of any party."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.evaluation.paired import Contest
from redlane.evaluation.paired.duel import Duel
from redlane.evaluation.result import plain_records
from redlane.io.files import write_json
from redlane.io.tables_out import write_table
from redlane.reports.comparison import SHARES, Outcome, signed
from redlane.stages import learning
from redlane.stages.entrants import Field
from redlane.stages.result import ResultTable
from redlane.tracking.run import Run
from redlane.words.catalogue import catalogue


def tables(outcome: Outcome) -> list[ResultTable]:
    """For people: differences (also on the honest slice, where goods repeat), values, where they part, cost."""
    shown = {"all rows": outcome.whole}
    if outcome.unseen is not None and outcome.seen_share > learning.REPEATED:
        shown["rows with an unseen goods tuple"] = outcome.unseen
    return [
        *(_differences(judged, where, outcome) for where, judged in shown.items()),
        *(_values(judged, where, outcome) for where, judged in shown.items()),
        *(table for duel in outcome.duels for table in _parted(duel, outcome)),
        _cost(outcome),
    ]


def numbers(outcome: Outcome) -> dict[str, Any]:
    """The comparison as plain data."""
    slices = {"all_rows": outcome.whole, **({} if outcome.unseen is None else {"unseen": outcome.unseen})}
    return {
        "bundles": {entry.name: {**vars(entry)} for entry in outcome.entries},
        "primary": outcome.primary,
        "cut": outcome.cut,
        "seen_goods_tuple_share": outcome.seen_share,
        "verdicts": dict(
            zip(outcome.whole.deciding()["bundle"], outcome.whole.deciding()["verdict"], strict=True)
        ),
        **{
            name: {
                "rows": judged.n,
                "weeks": judged.weeks,
                "base_rate": judged.base,
                "differences": plain_records(judged.differences),
                "values": plain_records(judged.values),
            }
            for name, judged in slices.items()
        },
        "parted": {duel.other: _duel_numbers(duel) for duel in outcome.duels},
    }


def logged(record: Run, outcome: Outcome, settings: Mapping[str, Any], field: Field) -> None:
    """Put a comparison on record: settings, data by hash, deciding differences as metrics, tables as files."""
    ids = {
        entry.name: {"bundle": entry.bundle_id, "profiles": entry.profiles_id} for entry in outcome.entries
    }
    record.log_configuration({**settings, "bundles": ids})
    for name, sha256 in learning.by_name(field.accepted.hashes).items():
        record.log_data(name, sha256, len(field.accepted.frame), "comparison")
    for line in outcome.whole.differences.to_dict("records"):
        if line["cut"] in ("", outcome.cut):
            name = f"difference_{line['measure']}_{line['bundle']}"
            record.log_numbers({name: (line["value"], line["low"], line["high"])})
    with tempfile.TemporaryDirectory(prefix="redlane-") as folder:
        paths = [Path(folder) / name for name in ("comparison.json", "differences.parquet", "values.parquet")]
        write_json(paths[0], {**numbers(outcome), "sentences": outcome.sentences("en")})
        write_table(paths[1], outcome.whole.differences)
        write_table(paths[2], outcome.whole.values)
        record.log_files(paths, "comparison")


def _duel_numbers(duel: Duel) -> dict[str, Any]:
    return {
        "selected": plain_records(duel.parted.table),
        "rank_correlation": duel.rank_correlation,
        "agreement": vars(duel.agreement),
        "subgroups_differing": int(duel.subgroups["differs"].sum()) if len(duel.subgroups) else 0,
        "reasons": plain_records(duel.reasons),
    }


def _differences(judged: Contest, where: str, outcome: Outcome) -> ResultTable:
    words = catalogue("en", "comparison")
    lines = judged.differences[judged.differences["cut"].isin(["", outcome.cut])].to_dict("records")
    frame = pd.DataFrame(
        [
            {
                "bundle": line["bundle"],
                "against": line["against"],
                "measure": words[f"measure.{line['measure']}"] + (" *" if line["decides"] else ""),
                "difference": signed(line["value"], str(line["measure"])),
                "interval": " to ".join(signed(line[end], str(line["measure"])) for end in ("low", "high")),
                "says": words[f"short.{line['verdict']}"],
            }
            for line in lines
        ]
    )
    note = f"{judged.n:,} rows in {judged.weeks} weeks, {judged.base:.1%} irregular; * decides; pp: percentage points"
    return ResultTable(f"Differences, {where}, inspecting {outcome.cut}", frame, note)


def _values(judged: Contest, where: str, outcome: Outcome) -> ResultTable:
    chosen = judged.values[judged.values["cut"].isin(["", outcome.cut])]
    text = chosen.assign(text=[_spelled(*row) for row in chosen[["value", "low", "high"]].to_numpy()])
    wide = text.pivot_table(index="ranking", columns="measure", values="text", aggfunc="first", sort=False)
    wide = wide[[name for name in (*SHARES, "average_precision") if name in wide]]
    named = wide.rename(columns=lambda name: str(name).replace("_", " ")).rename_axis(columns=None)
    return ResultTable(f"Every ranking, {where}, inspecting {outcome.cut}", named.reset_index())


def _spelled(value: float, low: float, high: float) -> str:
    return "–" if value != value else f"{value:.3f} ({low:.3f}–{high:.3f})"


def _parted(duel: Duel, outcome: Outcome) -> list[ResultTable]:
    names = {"both": "both", "first": f"{outcome.names[0]} alone", "other": f"{duel.other} alone"}
    frame = duel.parted.table.drop(columns=["low", "high"])
    frame = frame.assign(who=frame["who"].map(names)).rename(
        columns={"who": "selected by", "share": "irregular share"}
    )
    note = (
        f"rank correlation {duel.rank_correlation:.3f}; {duel.agreement.overlap:.0%} of leading reasons are the same "
        f"on {duel.agreement.rows:,} declarations"
    )
    return [ResultTable(f"Where {outcome.names[0]} and {duel.other} part", frame, note)]


def _cost(outcome: Outcome) -> ResultTable:
    frame = pd.DataFrame(
        [
            {
                "bundle": entry.name,
                "fitted on": entry.fitted_on,
                "features": entry.features,
                "size kB": round(entry.size / 1000),
                "rows a second": round(entry.rows_per_second),
            }
            for entry in outcome.entries
        ]
    )
    return ResultTable("Speed and size", frame, "scored in turns in one run, features included")
