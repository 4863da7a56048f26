"""What a run was made with: versions and kind of machine, as text; nothing that names a person or a place."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version

import redlane


def environment() -> dict[str, str]:
    """Version of Python, of redlane and of every package it depends on; system, processor and its number of cores.

    >>> found = environment()
    >>> found["redlane"] == redlane.__version__ and "lightgbm" in found and "python" in found
    True
    """
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count() or 1),
        "redlane": redlane.__version__,
        **{name: _version(name) for name in sorted(_packages())},
    }


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What is another than it was, one phrase each.

    >>> changed({"python": "3.11.7", "numpy": "2.0"}, {"python": "3.13.0", "numpy": "2.0"})
    ['python 3.11.7 -> 3.13.0']
    """
    names = dict.fromkeys([*before, *now])
    return [
        f"{name} {before.get(name, 'none')} -> {now.get(name, 'none')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _packages() -> set[str]:
    listed = [word for word in requires("redlane") or [] if "extra ==" not in word]
    return {match[0] for word in listed if (match := re.match(r"[A-Za-z0-9._-]+", word))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
