"""Analyses as files: a table and a page each, and an index page that leads to all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

import pandas as pd

from redlane.analysis.analysis import INDICATORS, Analysis, Period, Tables
from redlane.analysis.page import Facts, Page, document, facts_html, link, page_html
from redlane.errors import RedlaneError
from redlane.io.files import write_text
from redlane.io.tables_out import write_table
from redlane.progress import track

TableFormat = Literal["parquet", "csv"]

CONFIDENTIAL = "These pages name firms and persons: keep them where only those may read them who need to."


@dataclass(frozen=True)
class Done:
    """An analysis that was made: how many rows, and what was found."""

    analysis: Analysis
    rows: int
    finding: str


@dataclass(frozen=True)
class Written:
    """What was made, and what could not be made and why (by title)."""

    done: Sequence[Done]
    left_out: Mapping[str, str]


def write_analyses(
    folder: Path, analyses: Sequence[Analysis], period: Period, facts: Facts, tables: TableFormat
) -> Written:
    """Compute *analyses* and write table and page of each into *folder*, and ``index.html``.

    An analysis that lacks a column or a profile is left out, with the reason; one that finds nothing is not.

    Raises:
        RedlaneError: none could be made, or the disk refuses.
    """
    done: list[Done] = []
    left_out: dict[str, str] = {}
    for analysis in track(analyses, "analysing", total=len(analyses)):
        try:
            _require_columns(analysis, period.declarations)
            made = analysis.tables(period)
        except RedlaneError as error:
            left_out[analysis.title] = str(error)
            continue
        done.append(_write(folder, analysis, made, period, facts, tables))
    if not done:
        raise RedlaneError(
            "nothing can be analysed: "
            + "; ".join(f"{title}: {reason}" for title, reason in left_out.items())
        )
    written = Written(done, left_out)
    write_text(folder / "index.html", _index(written, facts))
    return written


def _require_columns(analysis: Analysis, declarations: pd.DataFrame) -> None:
    absent = [name for name in analysis.columns if name not in declarations]
    if absent:
        raise RedlaneError(f"the declarations have no {', '.join(absent)}")


def _write(
    folder: Path,
    analysis: Analysis,
    made: Tables,
    period: Period,
    facts: Facts,
    tables: TableFormat,
) -> Done:
    names = [analysis.name, *(f"{analysis.name}_{part}" for part in list(made)[1:])]
    files = [f"{name}.{tables}" for name in names]
    for file, table in zip(files, made.values(), strict=True):
        write_table(folder / file, table, spreadsheet=tables == "csv")
    frame = next(iter(made.values()))
    finding = analysis.finding(made) if len(frame) else "Nothing was found in this period."
    page = Page(
        title=analysis.title,
        lead=analysis.lead,
        reading=analysis.reading,
        cautions=(*analysis.cautions, *INDICATORS),
        table=analysis.shown(frame).head(period.top_rows),
        rows=len(frame),
        files=files,
        facts=facts,
        finding=finding,
        pictures=[analysis.draw(made).picture()] if len(frame) else [],
        units=analysis.units,
    )
    write_text(folder / f"{analysis.name}.html", page_html(page))
    return Done(analysis, len(frame), finding)


def _index(written: Written, facts: Facts) -> str:
    title = "Analyses of import declarations"
    cautions = "".join(f"<li>{escape(caution)}</li>" for caution in (*INDICATORS, CONFIDENTIAL))
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="lead">{" – ".join(escape(facts[name]) for name in ("Period",) if name in facts)}</p>',
        f'<aside aria-label="Cautions"><ul>{cautions}</ul></aside>',
        *(_card(each) for each in written.done),
        *_left_out(written.left_out),
        f"<h2>How it was made</h2>{facts_html(facts)}",
    ]
    return document(title, "\n".join(parts))


def _card(done: Done) -> str:
    name = done.analysis.name
    return (
        f'<section class="card"><h2>{link(f"{name}.html", done.analysis.title)}</h2><p>{escape(done.analysis.lead)}</p>'
        f'<p class="finding">{escape(done.finding)}</p></section>'
    )


def _left_out(reasons: Mapping[str, str]) -> Iterator[str]:
    if reasons:
        yield "<h2>Not made</h2>"
        yield f"<dl>{''.join(f'<dt>{escape(t)}</dt><dd>{escape(reason)}</dd>' for t, reason in reasons.items())}</dl>"
