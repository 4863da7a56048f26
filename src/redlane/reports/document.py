"""The report as one HTML file that asks nobody for anything: its policy names the hash of its one script and style.

A browser refuses whatever the policy (W3C Content Security Policy Level 3) does not name: no request leaves the
page, and no value of a declaration can run, even were one not escaped.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from redlane.io.containers import printable
from redlane.reports.packing import json_for_page
from redlane.reports.words import catalogue, count, decimals, page_words

SCRIPTS = ("base.js", "plots.js", "list.js", "peers.js", "links.js", "case.js", "start.js")
"""In this order they make the page's one script."""


MARK = "<!-- redlane batch report -->"
"""Stands near the beginning of every report, so that one is known when it is to be replaced."""


def render(language: str, overview: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The whole page. *overview* is what its first part tells, *data* what list and case files are drawn from."""
    script = "(() => {\n'use strict';\n" + "".join(_asset(name) for name in SCRIPTS) + "})();\n"
    style = _asset("style.css")
    words = page_words(language)
    return (
        _environment(language)
        .get_template("page.html")
        .render(
            overview,
            language=language,
            mark=Markup(MARK),  # noqa: S704
            policy=_policy(script, style),
            script=Markup(script),  # noqa: S704 - our own files, named by hash
            style=Markup(style),  # noqa: S704
            data=Markup(json_for_page({"language": language, "words": words, **data})),  # noqa: S704 - escaped there
        )
    )


def still_page(name: str, language: str, mark: str, content: Mapping[str, Any]) -> str:
    """The page of template ``NAME.html`` with its own catalogue: the same look, and no script at all."""
    style = _asset("style.css")
    return (
        _environment(language, name)
        .get_template(f"{name}.html")
        .render(
            content,
            language=language,
            mark=Markup(mark),  # noqa: S704
            policy=_policy("", style),
            style=Markup(style),  # noqa: S704
        )
    )


def _policy(script: str, style: str) -> str:
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script) if script else "'none'",
        "style-src": _hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


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
    environment.filters.update(
        count=count,
        plain=printable,
        pointed=lambda text: decimals(text, language),
        percent=lambda share: decimals(percent(share), language),
        fixed=lambda value: decimals(_fixed(value), language),
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


def _fixed(value: float, digits: int = 3) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
