"""One page of HTML per analysis, complete in itself: no script, no font, no picture from elsewhere.

Values of declarations are escaped, and rid of characters that hide or reorder text. A browser that opens a page asks
nothing of any network: a content security policy in the page forbids it.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from redlane.explanations.wording import text
from redlane.io.page_policy import page_policy
from redlane.words.catalogue import tag
from redlane.words.numbers import count, decimals
from redlane.words.saying import Say

Facts = Mapping[str, str]
"""What a page states of its making: label and value."""


ENGLISH = Say("en", "analysis", "page")


@dataclass(frozen=True)
class Picture:
    """A PNG, and what it shows in words, for those who cannot see it."""

    png: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Page:
    """What one page says, in plain text; :func:`page_html` writes it as HTML.

    ``lead`` is one sentence what this is, ``reading`` how to read it, ``finding`` what was found this time, ``facts``
    how it was made; ``say`` has the words of the page itself. ``table`` holds the top rows only; the first of
    ``files`` has all of them.
    """

    title: str
    lead: str
    reading: Sequence[str]
    cautions: Sequence[str]
    table: pd.DataFrame
    rows: int
    files: Sequence[str]
    facts: Facts
    finding: str = ""
    pictures: Sequence[Picture] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    say: Say = ENGLISH


def page_html(page: Page) -> str:
    """The page as one HTML document."""
    pictures = "".join(_picture(picture) for picture in page.pictures)
    body = [
        f'<nav><a href="index.html">{_safe(page.say.on("page", "all"))}</a></nav>',
        f"<h1>{_safe(page.title)}</h1>",
        f'<p class="lead">{_safe(page.lead)}</p>',
        f'<p class="finding">{_safe(page.finding)}</p>' if page.finding else "",
        _cautions(page.cautions, page.say),
        pictures,
        f"<h2>{_safe(page.say.on('page', 'reading'))}</h2>{_list(page.reading)}",
        _table(page),
        f"<h2>{_safe(page.say.on('page', 'made'))}</h2>{facts_html(page.facts)}",
    ]
    return document(page.title, "\n".join(part for part in body if part), page.say.language)


def document(title: str, body: str, language: str) -> str:
    """A whole HTML document around *body*, which is HTML already."""
    return (
        f'<!DOCTYPE html>\n<html lang="{tag(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{page_policy(_STYLE)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def facts_html(facts: Facts) -> str:
    """Labels and values as a definition list."""
    return f"<dl>{''.join(f'<dt>{_safe(label)}</dt><dd>{_safe(value)}</dd>' for label, value in facts.items())}</dl>"


def link(href: str, words: str) -> str:
    """A link to another file of the same folder."""
    return f'<a href="{_safe(href)}">{_safe(words)}</a>'


def _picture(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode("ascii")
    caption = f"<figcaption>{_safe(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="data:image/png;base64,{data}" alt="{_safe(picture.alt)}">{caption}</figure>'


def _cautions(cautions: Sequence[str], say: Say) -> str:
    label = _safe(say.on("page", "cautions"))
    return f'<aside aria-label="{label}">{_list(cautions)}</aside>' if cautions else ""


def _list(sentences: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{_safe(sentence)}</li>' for sentence in sentences)}</ul>"


def _table(page: Page) -> str:
    frame, shown, say = page.table, len(page.table), page.say
    whole, *others = (link(file, file) for file in page.files)
    beside = f" {_with(say, 'beside', files=', '.join(others))}" if others else ""
    whole = f"{_with(say, 'whole', rows=count(page.rows), file=whole)}{beside}"
    if frame.empty:
        heading, nothing = (_safe(say.on("page", key)) for key in ("table", "nothing"))
        return f"<h2>{heading}</h2><p>{nothing} {whole}</p>"
    head = "".join(f'<th scope="col"{_align(frame[name])}>{_heading(name, page)}</th>' for name in frame)
    cells = {name: _cells(frame[name], say) for name in frame}
    rows = "".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*cells.values(), strict=True))
    title = (
        say.on("page", "every")
        if shown == page.rows
        else say.on("page", "first", shown=shown, rows=page.rows)
    )
    return (
        f"<h2>{_safe(title)}</h2><p>{whole}</p>\n"
        f'<div class="wide" tabindex="0" role="region" aria-label="{_safe(page.title)}"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )


def _with(say: Say, key: str, **html: str) -> str:
    """A phrase of the page around HTML: what stands between the braces is put in once the words are escaped."""
    return _safe(say.on("page", key, **{name: f"{{{name}}}" for name in html})).format(**html)


def _heading(name: object, page: Page) -> str:
    unit = page.units.get(str(name), "")
    words = page.say.known(f"column.{name}", page.say.known(f"part.{name}", str(name).replace("_", " ")))
    told = _safe(words)
    return f"{told}<br><small>{_safe(page.say.known(f'unit.{unit}', unit))}</small>" if unit else told


def _cells(values: pd.Series, say: Say) -> list[str]:
    if pd.api.types.is_bool_dtype(values.dtype):
        return [f"<td>{_safe(say.on('page', 'yes' if value else 'no'))}</td>" for value in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        spelled = _share if str(values.name).endswith("share") else _number
        plain = _year if values.name == "year" else spelled
        return [f'<td class="n">{_safe(plain(value, say))}</td>' for value in values.astype("float64")]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [f"<td>{'–' if pd.isna(value) else str(value.date())}</td>" for value in values]
    return [_text_cell(str(values.name), value, say) for value in values]


def _text_cell(column: str, value: object, say: Say) -> str:
    """A text as it is; in the columns that hold redlane's own words, those words in the language."""
    if _missing(value):
        return "<td>–</td>"
    words = text(value)
    told = say.title(words) if column == "title" else say.known(f"cell.{column}.{words}", words)
    told = say.known(f"group.{words}", told) if column == "group" else told
    long = ' class="long"' if len(told) > _SHORT else ""
    return f"<td{long}>{_safe(told)}</td>" if told != words else f"<td{long}><bdi>{_safe(words)}</bdi></td>"


def _number(value: float, say: Say) -> str:
    if pd.isna(value):
        return "–"
    return decimals(f"{value:.1e}", say.language) if 1e-12 < abs(value) < 1e-4 else say.number(value)


def _share(value: float, say: Say) -> str:
    return "–" if pd.isna(value) else say.share(value)


def _year(value: float, say: Say) -> str:
    return "–" if pd.isna(value) else f"{value:.0f}"


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value != value


def _align(values: pd.Series) -> str:
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    return ' class="n"' if numeric else ""


def _safe(words: str) -> str:
    kept = "".join(character if character.isprintable() else " " for character in words)
    return escape(kept, quote=True)


_SHORT = 24
"""Texts up to so many characters stay on one line."""

_STYLE = """
html{font:14px/1.45 system-ui,"Segoe UI","DejaVu Sans",Arial,sans-serif;color:#1d2430;background:#fff}
body{margin:0 auto;max-width:1280px;padding:0 20px 40px}
h1{font-size:1.6rem;margin:18px 0 2px}
h2{font-size:1.15rem;margin:26px 0 8px;padding-bottom:3px;border-bottom:2px solid #1d2430}
a{color:#0b4f9e}a:focus-visible,[tabindex="0"]:focus-visible{outline:3px solid #0b4f9e;outline-offset:2px}
nav{margin:8px 0}p,li,dd{max-width:78em}.lead{font-size:1.1rem;margin:.2rem 0 .6rem}
.finding{font-weight:600}
aside{background:#fff8e1;border-left:4px solid #b38600;padding:6px 10px;margin:10px 0;max-width:78em}
aside ul{margin:0;padding-left:1.1rem}
figure{margin:1.4rem 0}img{max-width:min(100%,60rem);height:auto;display:block}
figcaption{color:#505a68;font-size:.92rem;margin-top:.4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.32rem .8rem .32rem 0;border-bottom:1px solid #c9d0d9;vertical-align:top}
th{border-bottom:1.5px solid #1d2430;vertical-align:bottom;line-height:1.25}th small{font-weight:400;color:#505a68}
.n{text-align:right}td{white-space:nowrap}
.long{white-space:normal;min-width:14rem;max-width:24rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:0}
dt{color:#505a68}dd{margin:0;overflow-wrap:anywhere}
.card{border-top:1px solid #c9d0d9;padding:.9rem 0}.card h2{margin:0 0 .2rem;border:0}.card p{margin:.2rem 0}
.quiet{color:#505a68}
@media print{.wide{overflow:visible}nav{display:none}}
"""
