"""Configuration and numbers in the shapes MLflow takes."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

Number = float | Sequence[float] | None
"""A number, or (value, low, high): a number with its interval."""

_LONGEST_KEY, _LONGEST_VALUE = 250, 500
_SECRET = re.compile(r"password|passwd|secret|token|credential", re.I)
_NOT_IN_NAMES = re.compile(r"[^\w\-. /]")


def flat_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """Nested settings by dotted key, as text of bounded length; what a key calls secret is left out.

    Keys may be any label of a file: characters that MLflow refuses in a name become ``_``.

    >>> flat_parameters({"model": {"rounds": 5, "metric": "auc"}, "keys": [["a"], ["b"]], "token": "x"})
    {'model.rounds': '5', 'model.metric': 'auc', 'keys': '[["a"], ["b"]]'}
    >>> flat_parameters({"columns": {"Date d'entrée": "registered_on", "km/h": "x"}})
    {'columns.Date d_entrée': 'registered_on', 'columns.km_h': 'x'}
    """
    return {
        _NOT_IN_NAMES.sub("_", key.replace("/", "_"))[:_LONGEST_KEY]: _shortened(_text(value), _LONGEST_VALUE)
        for key, value in _leaves(values)
    }


def without_secrets(value: Any) -> Any:
    """The same data without the entries whose key calls them secret.

    >>> without_secrets({"server": {"password": "x", "user": "ada"}})
    {'server': {'user': 'ada'}}
    """
    if isinstance(value, Mapping):
        return {key: without_secrets(part) for key, part in value.items() if not _SECRET.search(str(key))}
    return [without_secrets(part) for part in value] if isinstance(value, list | tuple) else value


def flat_numbers(numbers: Mapping[str, Number]) -> dict[str, float]:
    """Metrics by name; an interval gives two more, ``_low`` and ``_high``; what is not finite is left out.

    >>> flat_numbers({"precision_at_5%": (0.5, 0.4, 0.6), "roc_auc": 0.7, "lift": float("nan"), "f": None})
    {'precision_at_5pct': 0.5, 'precision_at_5pct_low': 0.4, 'precision_at_5pct_high': 0.6, 'roc_auc': 0.7}
    """
    found = {}
    for name, number in numbers.items():
        parts = list(number) if isinstance(number, Sequence) else [number]
        for suffix, part in zip(("", "_low", "_high"), parts, strict=False):
            if part is not None and math.isfinite(part):
                found[metric_name(name + suffix)] = float(part)
    return found


def metric_name(name: str) -> str:
    """A name MLflow accepts: letters, digits, ``_ - . /`` and spaces.

    >>> metric_name("precision@5%: 2024")
    'precision_at_5pct_ 2024'
    """
    spoken = name.replace("@", "_at_").replace("%", "pct")
    return _shortened(_NOT_IN_NAMES.sub("_", spoken), _LONGEST_KEY)


def _leaves(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in without_secrets(values).items():
        name = f"{prefix}{key}"
        found += _leaves(value, f"{name}.") if isinstance(value, Mapping) and value else [(name, value)]
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
