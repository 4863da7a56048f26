"""Plain data that may travel: no absolute path, no password, nothing JSON cannot hold."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

_ADDRESS = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")
_CREDENTIALS = re.compile(r"//[^/@]*@")


def portable(value: Any) -> Any:
    """*value* as JSON-ready data; absolute paths keep their last part, addresses lose user and password.

    A bundle is copied to other machines and read by other people: where it was made says nothing about it.

    >>> portable({"data": "/home/ada/kcs/train.csv", "uri": "sqlite:////home/ada/mlflow.db", "share": 0.05})
    {'data': 'train.csv', 'uri': 'sqlite:///mlflow.db', 'share': 0.05}
    >>> portable([date(2024, 5, 1), "https://ada:secret@example.org/x"])
    ['2024-05-01', 'https://example.org/x']
    """
    if isinstance(value, Mapping):
        return {str(key): portable(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [portable(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic | np.ndarray):
        return portable(value.tolist())
    if isinstance(value, date):
        return value.isoformat()
    return _portable_text(str(value)) if isinstance(value, str | PurePath) else value


def _portable_text(text: str) -> str:
    if _ADDRESS.match(text):
        scheme, _, rest = _CREDENTIALS.sub("//", text).partition("://")
        local = rest.startswith("/") and PurePosixPath(rest).name
        return f"{scheme}:///{local}" if local else f"{scheme}://{rest}"
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(text).is_absolute() and "\n" not in text:
            return kind(text).name or text
    return text
