"""redlane: learn from inspected import declarations which ones to inspect next, and say why.

In a notebook, ``import redlane`` offers the functions of :mod:`redlane.library`; each is loaded when first asked for,
so that the command line stays quick (their types stand in ``__init__.pyi``).
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "choose": "choosing",
    "Declarations": "data",
    "read": "data",
    "split": "data",
    "synthesize": "data",
    "Learned": "learning",
    "build_profiles": "learning",
    "compute_features": "learning",
    "features_for": "learning",
    "fit": "learning",
    "open_profiles": "learning",
    "score": "learning",
    "Judgement": "judging",
    "compare": "judging",
    "evaluate": "judging",
    "CaseFile": "explaining",
    "case_file": "explaining",
    "contributions": "explaining",
    "explain": "explaining",
    "features_of": "bundles",
    "open_bundle": "bundles",
    "score_file_with": "bundles",
    "write_bundle": "bundles",
}
"""The functions and types of the library, and the module of each; the stub beside this file lists the same."""

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'redlane' has no attribute '{name}'")
    return getattr(import_module(f"redlane.library.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
