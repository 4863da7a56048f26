"""The report as one HTML file that asks nobody for anything: its policy names the hash of its one script and style.

A browser refuses whatever the policy (W3C Content Security Policy Level 3) does not name: no request leaves the
page, and no value of a declaration can run, even were one not escaped.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from redlane.io.containers import printable
from redlane.io.page_policy import page_policy
from redlane.reports.packing import json_for_page
from redlane.words.catalogue import catalogue, page_words, tag
from redlane.words.kept import retold
from redlane.words.numbers import count, decimals
from redlane.words.phrasebook import phrasebook

SCRIPTS = ("base.js", "plots.js", "list.js", "peers.js", "links.js", "case.js", "start.js")
"""In this order they make the page's one script."""


MARK = "<!-- redlane batch report -->"
"""Stands near the beginning of every report, so that one is known when it is to be replaced."""


MODEL_MARK = "<!-- redlane model report -->"


def render(language: str, overview: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The whole page. *overview* is what its first part tells, *data* what list and case files are drawn from."""
    held = json_for_page({"language": tag(language), "words": page_words(language), **data})
    look = {"mark": MARK, "scripts": SCRIPTS, "styles": ("style.css",)}
    return render_page("page.html", language, {**overview, "data": Markup(held)}, look)  # noqa: S704 - escaped there


def render_page(template: str, language: str, content: Mapping[str, Any], look: Mapping[str, Any]) -> str:
    """A page of *content*; *look* names its mark, and the scripts and styles that it carries and its policy allows."""
    script = "(() => {\n'use strict';\n" + "".join(_asset(name) for name in look["scripts"]) + "})();\n"
    style = "".join(_asset(name) for name in look["styles"])
    return (
        _environment(language)
        .get_template(template)
        .render(
            content,
            language=tag(language),
            mark=Markup(look["mark"]),  # noqa: S704
            policy=page_policy(style, script),
            script=Markup(script),  # noqa: S704 - our own files, named by hash
            style=Markup(style),  # noqa: S704
        )
    )


def still_page(name: str, part: str, language: str, mark: str, content: Mapping[str, Any]) -> str:
    """The page of template ``NAME.html`` with *part* of the words as its own: the same look, and no script at all."""
    style = _asset("style.css")
    return (
        _environment(language, part)
        .get_template(f"{name}.html")
        .render(
            content,
            language=tag(language),
            mark=Markup(mark),  # noqa: S704
            policy=page_policy(style),
            style=Markup(style),  # noqa: S704
        )
    )


@cache
def _asset(name: str) -> str:
    return files("redlane.reports").joinpath("page", name).read_text(encoding="utf-8")


def _environment(language: str, page: str = "") -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {**catalogue(language), **(catalogue(language, page) if page else {})}
    environment.globals["t"] = lambda key, **values: words[key].format(**values)
    environment.globals["said"] = lambda key, other="": words.get(key, other)
    environment.globals["ranking"] = lambda name: words.get(f"ranking.{slug(name)}", name)
    environment.filters.update(
        count=count,
        plain=printable,
        told=lambda text: _told(text, language),
        given=lambda text: printable(retold(text, language) or text),
        plain_lines=_plain_lines,
        slug=slug,
        kept=lambda text: text.replace(" ", "\u00a0"),
        pointed=lambda text: decimals(text, language),
        percent=lambda share: decimals(percent(share), language),
        fixed=lambda value, digits=3: decimals(_fixed(value, digits), language),
        pct=lambda value, sign=False: decimals(_pct(value, sign), language),
        rounded=lambda value, digits=3: decimals(rounded(value, digits), language),
    )
    return environment


def percent(share: float) -> str:
    """A share as a percentage of three digits; a dash where there is none.

    >>> [percent(share) for share in (0.06613, 0.5, 1.0, 0.0, 0.000001, float("nan"))]
    ['6.61 %', '50 %', '100 %', '0 %', '< 0.001 %', '–']
    """
    value = share * 100
    if value != value:
        return "–"
    return "< 0.001 %" if 0 < value < 0.001 else f"{float(f'{value:.3g}'):g} %"


def rounded(value: float | None, digits: int = 3) -> str:
    """A number of about so many digits, in full and set apart by thousands; a dash where there is none.

    >>> rounded(0.51234), rounded(12345.6), rounded(None), rounded(-3.14159)
    ('0.512', '12\u202f346', '–', '−3.14')
    """
    if value is None or value != value:
        return "–"
    if abs(value) >= 10 ** min(digits, 3):
        return count(round(value)).replace("-", "−")
    return f"{float(f'{value:.{digits}g}'):g}".replace("-", "−")


def slug(name: str) -> str:
    """The end of a catalogue's key for a name that the program gave.

    >>> slug("redlane, by expected revenue")
    'redlane_by_expected_revenue'
    """
    return name.lower().replace(" ", "_").replace(",", "")


def _told(text: str, language: str) -> Markup:
    """A sentence kept in English, or the title of a red flag, in the language of the page; else marked as English."""
    book = phrasebook(language)
    said = retold(text, language) or (None if book is None else book.words("title", text))
    if said is None:
        return Markup('<span lang="en">{}</span>').format(printable(text))
    return escape(printable(said))


def _plain_lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


def _pct(value: float | None, sign: bool = False) -> str:
    """One decimal without the sign %, as tables of intervals hold it."""
    if value is None:
        return "–"
    return f"{100 * value:{'+' if sign else ''}.1f}".replace("-", "−")


def _fixed(value: float, digits: int = 3) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
