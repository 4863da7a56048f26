"""How results look in a notebook: small tables with what must be said beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

import pandas as pd


def table(frame: pd.DataFrame, title: str = "", note: str = "") -> str:
    """A frame as an HTML table with its title and note; every value is escaped.

    >>> "&lt;b&gt;" in table(pd.DataFrame({"who": ["<b>"]}))
    True
    """
    head = f"<p style='margin:0.8em 0 0.2em'><b>{escape(title)}</b></p>" if title else ""
    foot = f"<p style='margin:0.2em 0;color:#666'>{escape(note)}</p>" if note else ""
    return f"{head}{frame.to_html(index=False, border=0, na_rep='', notebook=True)}{foot}"


def page(title: str, tables: Iterable[str], notes: Iterable[str] = ()) -> str:
    """Tables under one title, notes last."""
    said = "".join(f"<p style='margin:0.3em 0'><b>Note:</b> {escape(note)}</p>" for note in notes)
    return f"<div><p>{escape(title)}</p>{''.join(tables)}{said}</div>"


@dataclass(frozen=True)
class Picture:
    """A matplotlib ``figure`` that shows itself in a notebook, whichever backend is in use."""

    figure: Any

    def _repr_png_(self) -> bytes:
        """The figure as PNG."""
        written = BytesIO()
        self.figure.savefig(written, format="png", dpi=96)
        return written.getvalue()
