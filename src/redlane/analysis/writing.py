"""Analyses as files: a table and a page each, and an index page that leads to all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

import pandas as pd

from redlane.analysis.analysis import Analysis, Period, Tables
from redlane.analysis.page import Facts, Page, document, facts_html, link, page_html
from redlane.errors import RedlaneError
from redlane.io.files import write_text
from redlane.io.tables_out import write_table
from redlane.progress import track
from redlane.words.saying import Say

TableFormat = Literal["parquet", "csv"]


@dataclass(frozen=True)
class Done:
    """An analysis that was made: how many rows, and what was found, in English and as its page ``told`` it."""

    analysis: Analysis
    rows: int
    finding: str
    told: str


@dataclass(frozen=True)
class Written:
    """What was made, and what could not be made and why (by name)."""

    done: Sequence[Done]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """How analyses are written: what every page says of its making, the format of whole tables, the language."""

    facts: Facts
    tables: TableFormat = "parquet"
    language: str = "en"


def write_analyses(folder: Path, analyses: Sequence[Analysis], period: Period, form: Form) -> Written:
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
            left_out[analysis.name] = str(error)
            continue
        done.append(_write(folder, analysis, made, period, form))
    if not done:
        raise RedlaneError(
            "nothing can be analysed: "
            + "; ".join(f"{each.title}: {left_out[each.name]}" for each in analyses)
        )
    written = Written(done, left_out)
    write_text(folder / "index.html", _index(written, analyses, form))
    return written


def _require_columns(analysis: Analysis, declarations: pd.DataFrame) -> None:
    absent = [name for name in analysis.columns if name not in declarations]
    if absent:
        raise RedlaneError(f"the declarations have no {', '.join(absent)}")


def _write(folder: Path, analysis: Analysis, made: Tables, period: Period, form: Form) -> Done:
    names = [analysis.name, *(f"{analysis.name}_{part}" for part in list(made)[1:])]
    files = [f"{name}.{form.tables}" for name in names]
    for file, table in zip(files, made.values(), strict=True):
        write_table(folder / file, table, spreadsheet=form.tables == "csv")
    frame = next(iter(made.values()))
    say = analysis.say(form.language)
    page = Page(
        title=say("title"),
        lead=say("lead"),
        reading=say.several("reading"),
        cautions=[*say.several("cautions"), *say.several("indicators", "page")],
        table=analysis.shown(frame).head(period.top_rows),
        rows=len(frame),
        files=files,
        facts=form.facts,
        finding=_finding(analysis, made, say),
        pictures=[analysis.draw(made, say).picture()] if len(frame) else [],
        units=analysis.units,
        say=say,
    )
    write_text(folder / f"{analysis.name}.html", page_html(page))
    return Done(analysis, len(frame), _finding(analysis, made, analysis.say("en")), page.finding)


def _finding(analysis: Analysis, made: Tables, say: Say) -> str:
    return analysis.finding(made, say) if len(next(iter(made.values()))) else say.on("page", "nothing_found")


def _index(written: Written, analyses: Sequence[Analysis], form: Form) -> str:
    say = Say(form.language, "analysis", "page")
    cautions = "".join(
        f"<li>{escape(caution)}</li>" for caution in (*say.several("indicators"), say("confidential"))
    )
    period = form.facts.get(say.on("fact", "period"))
    parts = [
        f"<h1>{escape(say('title'))}</h1>",
        f'<p class="lead">{escape(period or "")}</p>',
        f'<aside aria-label="{escape(say("cautions"))}"><ul>{cautions}</ul></aside>',
        *(_card(each, form.language) for each in written.done),
        *_left_out([each for each in analyses if each.name in written.left_out], written.left_out, say),
        f"<h2>{escape(say('made'))}</h2>{facts_html(form.facts)}",
    ]
    return document(say("title"), "\n".join(parts), form.language)


def _card(done: Done, language: str) -> str:
    say = done.analysis.say(language)
    return (
        f'<section class="card"><h2>{link(f"{done.analysis.name}.html", say("title"))}</h2><p>{escape(say("lead"))}</p>'
        f'<p class="finding">{escape(done.told)}</p></section>'
    )


def _left_out(analyses: Sequence[Analysis], reasons: Mapping[str, str], say: Say) -> Iterator[str]:
    if analyses:
        lines = (
            f"<dt>{escape(each.say(say.language)('title'))}</dt><dd>{_reason(reasons[each.name], say)}</dd>"
            for each in analyses
        )
        yield f"<h2>{escape(say('not_made'))}</h2>"
        yield f"<dl>{''.join(lines)}</dl>"


def _reason(sentence: str, say: Say) -> str:
    told = say.kept(sentence)
    return f'<span lang="en">{escape(sentence)}</span>' if told is None else escape(told)
