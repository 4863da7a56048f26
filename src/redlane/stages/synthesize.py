"""Make up declarations with planted irregularities: one file, or a history and the weeks that follow it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from redlane import __version__
from redlane.declarations.columns import COLUMNS, Role
from redlane.declarations.synthetic import SyntheticSettings, build_world, generate_week
from redlane.declarations.synthetic.comtrade import comtrade_tables
from redlane.declarations.synthetic.partners import PartnerStatistics
from redlane.errors import RedlaneError
from redlane.io.files import atomic_folder, sha256_files, write_json
from redlane.io.tables_out import SUFFIXES, Write, table_writer
from redlane.stages.delivery import refuse_replacing
from redlane.stages.result import ResultTable, StageResult

WORLD = (
    "manifest.json",
    "history.parquet",
    "next_weeks.parquet",
    "next_weeks_outcomes.parquet",
    "partner_exports.csv",
)
"""What a folder written by this stage holds."""

DECLARED: tuple[Role, ...] = ("identifier", "declared")


def run(*, out: Path, declarations: SyntheticSettings, next_weeks: int) -> StageResult:
    """Write the weeks of the world that *declarations* describe to *out*, whole or not at all.

    Memory holds one week. Where *out* ends in .parquet or .csv it is one file with everything: declared
    columns, outcomes and planted truth; NAME.partner_exports.csv beside it has what partner countries recorded
    as exports, in the layout of UN Comtrade. Otherwise it is a folder, as a customs service would see the same
    world on the day before the last *next_weeks* weeks: ``history`` with the outcomes known by then,
    ``next_weeks`` as declared, ``next_weeks_outcomes`` with what was found in them later, and
    ``partner_exports.csv``.

    Raises:
        RedlaneError: *next_weeks* leaves no history, *out* is a folder of something else, or it cannot be written.
    """
    tally, world = _Tally(), build_world(declarations)
    statistics = PartnerStatistics(world)
    weeks = tally.watch(generate_week(world, week, statistics.watch) for week in range(declarations.weeks))
    if out.suffix in SUFFIXES:
        partners = out.with_name(f"{out.stem}.partner_exports.csv")
        with table_writer(out) as write:
            for frame in weeks:
                write(frame)
            rows = write_partner_exports(partners, statistics)
        counts = {"declarations": tally.total, "partner_exports": rows}
        return _result({"declarations": out, "partner_exports": partners}, counts, declarations, tally)
    if not 0 < next_weeks < declarations.weeks:
        raise RedlaneError(f"next_weeks is {next_weeks}; give a number from 1 to {declarations.weeks - 1}")
    refuse_replacing(out, WORLD)
    with atomic_folder(out) as folder:
        counts = _write_folder(folder, weeks, declarations, next_weeks)
        counts["partner_exports"] = write_partner_exports(folder / "partner_exports.csv", statistics)
        files = dict(sha256_files(folder))
        facts = {"generator": declarations.plain(), "rows": counts, "files": files, "redlane": __version__}
        write_json(folder / "manifest.json", facts)
    return _result({Path(name).stem: out / name for name in files}, counts, declarations, tally)


def _write_folder(
    folder: Path, weeks: Iterator[pd.DataFrame], generator: SyntheticSettings, next_weeks: int
) -> dict[str, int]:
    """Write the three files; return the number of rows of history and of the weeks that follow."""
    ends = generator.weeks - next_weeks
    today = pd.Timestamp(generator.start) + pd.Timedelta(weeks=ends)
    counts = {"history": 0, "next_weeks": 0}
    with ExitStack() as stack:
        history, declared, later = (
            stack.enter_context(table_writer(folder / f"{name}.parquet"))
            for name in ("history", "next_weeks", "next_weeks_outcomes")
        )
        for week, frame in enumerate(weeks):
            past = week < ends
            counts["history" if past else "next_weeks"] += len(frame)
            if past:
                history(known_before(frame, today))
            else:
                _write_new(frame, declared, later)
    return counts


def write_partner_exports(path: Path, statistics: PartnerStatistics) -> int:
    """Statistics of the world's years and those before; those of its last year are not complete. Returns rows."""
    statistics.add_earlier()
    rows = 0
    with table_writer(path) as write:
        for table in comtrade_tables(statistics):
            write(table)
            rows += len(table)
    return rows


def known_before(frame: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """*frame* as it stood on the morning of *today*: outcomes that became known on it or later are missing."""
    unknown = frame["outcome_known_on"] >= today
    roles = {name: COLUMNS[name].role for name in frame.columns}
    found = [name for name, role in roles.items() if role in ("assessed", "outcome") and name != "inspected"]
    return frame.assign(**{name: frame[name].mask(unknown) for name in found})


def _write_new(frame: pd.DataFrame, declared: Write, later: Write) -> None:
    roles = {name: COLUMNS[name].role for name in frame.columns}
    declared(frame[[name for name, role in roles.items() if role in DECLARED]])
    later(frame[[name for name, role in roles.items() if role != "declared"]])


class _Tally:
    """Counts rows as they pass, in all and by typology."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.inspected: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """Rows that have passed."""
        return self.rows.total()

    def watch(self, frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Pass *frames* on, counting their rows."""
        for frame in frames:
            groups = frame.groupby("typology", sort=True)
            _add(self.rows, groups.size())
            _add(self.inspected, groups["inspected"].sum())
            _add(self.found, groups["irregular"].sum())
            yield frame

    def table(self) -> pd.DataFrame:
        """One row per typology: rows, share of all, inspected, found irregular."""
        names = [name for name, _ in self.rows.most_common()]
        return pd.DataFrame(
            {
                "typology": names,
                "rows": [self.rows[name] for name in names],
                "share": [self.rows[name] / self.total for name in names],
                "inspected": [self.inspected[name] for name in names],
                "found irregular": [self.found[name] for name in names],
            }
        )


def _add(counter: Counter[str], sums: "pd.Series[Any]") -> None:
    for name, amount in sums.items():
        counter[str(name)] += int(amount)


def _result(
    paths: dict[str, Path], counts: dict[str, int], generator: SyntheticSettings, tally: _Tally
) -> StageResult:
    total, inspected = max(1, tally.total), tally.inspected.total()
    return StageResult(
        title="Synthetic declarations",
        paths=paths,
        counts=counts,
        numbers={
            "weeks": generator.weeks,
            "truly_irregular": (tally.total - tally.rows["honest"]) / total,
            "inspected": inspected / total,
            "irregular_among_inspected": tally.found.total() / max(1, inspected),
        },
        tables=[ResultTable("What was planted", tally.table(), "Ground truth: no feature can read it.")],
    )
