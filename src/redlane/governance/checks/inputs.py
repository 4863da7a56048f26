"""Checks of the model's inputs: features that say nothing, twice the same, or something else than before."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from redlane.declarations.periods import days
from redlane.evaluation.truth import Floats
from redlane.governance.check import Check, NotApplicableError, Verdict, judged
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study

CONSTANT = Check(
    "RL05",
    "No feature is constant",
    "Features with a single value, or none at all, on every row learnt from are counted.",
    "A constant feature teaches nothing; often a column was not delivered, or mapped to the wrong label.",
    "See whether its column is filled, then map it or leave the family out of the features file.",
    "Every feature tells some declarations from others.",
)


def constant(study: Study, settings: CheckSettings) -> Verdict:
    """Name the constant ones."""
    frame = study.past.features
    names = constant_among(frame)
    sentence = f"{len(names)} of {frame.shape[1]} features are constant{_named(names)}."
    outcome = judged(len(names), warn=1, fail=max(frame.shape[1] / 2, 1.5))
    return Verdict(outcome, sentence, len(names), bound=0)


def constant_among(frame: pd.DataFrame) -> list[str]:
    """The columns with a single value, missing counting as one.

    >>> constant_among(pd.DataFrame({"a": [1, 1], "b": [None, None], "c": [1, None]}))
    ['a', 'b']
    """
    return [str(name) for name in frame if len(frame[name].drop_duplicates()) <= 1]


DUPLICATED = Check(
    "RL06",
    "No feature stands there twice",
    "Columns of features that are equal on every row learnt from are counted, and pairs of numbers whose "
    "missing values coincide and whose correlation lies at 1 or -1 within the gate.",
    "Two copies share one contribution: each looks half as important, and which of them is named as the "
    "reason is chance.",
    "Leave one of the two out of the features file.",
    "Each feature stands there once.",
)


def duplicated(study: Study, settings: CheckSettings) -> Verdict:
    """Name features that repeat another one; constant ones are another check's matter."""
    frame = study.past.features
    told = frame.drop(columns=constant_among(frame))
    pairs = _equal(told) | _aligned(told, settings)
    named = [f"{second} repeats {first}" for second, first in sorted(pairs.items())]
    sentence = f"{len(pairs)} of {told.shape[1]} features repeat another one{_named(named)}."
    return Verdict(judged(len(pairs), warn=1, fail=np.inf), sentence, len(pairs), bound=0)


def _equal(frame: pd.DataFrame) -> dict[str, str]:
    """Each later copy with the first column that has its values."""
    first: dict[bytes, str] = {}
    copies = {}
    for name in frame:
        values = pd.util.hash_array(pd.factorize(frame[name])[1].to_numpy(object)).tobytes()
        codes = pd.factorize(frame[name])[0].tobytes()
        digest = hashlib.sha256(values + codes).digest()
        if first.setdefault(digest, str(name)) != name:
            copies[str(name)] = first[digest]
    return copies


def _aligned(frame: pd.DataFrame, settings: CheckSettings) -> dict[str, str]:
    """Each later number with the first one it is a straight line of, missing values in the same rows."""
    numbers = frame.select_dtypes("number")
    if numbers.shape[1] < 2:
        return {}
    names, values = [str(name) for name in numbers], numbers.to_numpy("float64")
    missing = np.isnan(values)
    centred = np.where(missing, 0.0, values - np.nanmean(values, axis=0))
    spread = np.sqrt((centred**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.abs((centred / spread).T @ (centred / spread))
    near = np.triu(correlation >= settings.duplicate_correlation, k=1)
    pairs = [(i, j) for i, j in np.argwhere(near) if np.array_equal(missing[:, i], missing[:, j])]
    found: dict[str, str] = {}
    for i, j in pairs:
        found.setdefault(names[j], names[i])
    return found


MISSING = Check(
    "RL07",
    "Features are as complete as before",
    "The share of missing values of each feature in the test period is held against the rows learnt from.",
    "What is missing where it used to be there sends rows down branches the model hardly knows; mostly a "
    "column is no longer delivered.",
    "Find out since when the column is empty and have it delivered, or train without the family.",
    "No feature is missing much more often than when the model learnt.",
)


def missing(study: Study, settings: CheckSettings) -> Verdict:
    """The feature whose missing values rose most."""
    rise = study.test.features.isna().mean() - study.past.features.isna().mean()
    name, most = str(rise.idxmax()), float(rise.max())
    sentence = (
        f"The share of missing values rose most in {name}: from "
        f"{study.past.features[name].isna().mean():.1%} to {study.test.features[name].isna().mean():.1%}."
    )
    outcome = judged(most, warn=settings.missing_warning, fail=settings.missing_failure)
    return Verdict(outcome, sentence, most, bound=settings.missing_failure)


UNSEEN = Check(
    "RL08",
    "Categories were seen before",
    "For each category feature, the share of test rows whose level no row learnt from has.",
    "An unseen level counts as missing. Many of them mean new codes, another coding, or lost leading zeros.",
    "Compare the codes of both periods; map or repair them, or train on younger rows.",
    "The codes are those the model learnt.",
)


def unseen(study: Study, settings: CheckSettings) -> Verdict:
    """The category with the largest share of levels never seen."""
    names = [spec.name for spec in study.specs if spec.kind == "category"]
    shares = {name: _unseen(study.past.features[name], study.test.features[name]) for name in names}
    if not shares:
        raise NotApplicableError("No feature is a category.")
    name = max(shares, key=lambda each: shares[each])
    sentence = f"The most levels never seen are in {name}: {shares[name]:.1%} of the test rows."
    outcome = judged(shares[name], warn=settings.unseen_warning, fail=settings.unseen_failure)
    return Verdict(outcome, sentence, shares[name], bound=settings.unseen_failure)


def _unseen(past: pd.Series, test: pd.Series) -> float:
    return float((test.notna() & ~test.isin(past.dropna().unique())).mean())


IDENTITY = Check(
    "RL09",
    "No feature is a running number",
    "Looked for are numbers that rise with the day of registration (rank correlation at least 0.98), whole "
    "numbers of which hardly two rows share one and that lie as dense as numbers dealt in turn, and texts "
    "that are nearly all different.",
    "An identifier or a clock tells rows apart without telling anything about them: trees split on the time "
    "of old findings, and the split means nothing tomorrow.",
    "Leave it out of the features file; an id serves as a key of profiles, never as a feature.",
    "No feature numbers the declarations.",
)

_CLOCK, _DISTINCT, _DENSE = 0.98, 0.98, 10.0


def identity(study: Study, settings: CheckSettings) -> Verdict:
    """Name what looks like an id or a clock."""
    day = pd.Series(days(study.past.declarations["registered_on"])).rank().to_numpy().astype(np.float64)
    names = [str(name) for name, values in study.past.features.items() if _is_identity(values, day)]
    sentence = f"{len(names)} features look like a running number or a clock{_named(names)}."
    return Verdict("failed" if names else "passed", sentence, len(names), bound=0)


def _is_identity(values: pd.Series, day: Floats) -> bool:
    known = values.notna().to_numpy()
    distinct = values.nunique()
    if known.sum() < 50 or distinct < 2:
        return False
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return bool(distinct >= known.sum() / 2)
    numbers = values.to_numpy("float64")[known]
    whole = bool((numbers == np.floor(numbers)).all())
    dense = float(numbers.max() - numbers.min()) <= _DENSE * len(numbers)
    if whole and dense and distinct >= _DISTINCT * len(numbers):
        return True
    rank = pd.Series(numbers).rank().to_numpy()
    return bool(abs(np.corrcoef(rank, day[known])[0, 1]) >= _CLOCK) if day[known].std() > 0 else False


def _named(names: Sequence[str], most: int = 5) -> str:
    if not names:
        return ""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f": {', '.join(names[:most])}{more}"
