"""What the stages *train* and *evaluate* share: rows with features, the comparison, and its tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Mask
from redlane.declarations.reading import Accepted
from redlane.errors import RedlaneError
from redlane.evaluation.comparison import MODEL, Comparison, Rows
from redlane.evaluation.result import Evaluation
from redlane.evaluation.shares import is_thin, wilson_ends
from redlane.evaluation.splitting import rows_of as rows_of
from redlane.io.files import write_json
from redlane.io.tables_out import write_table
from redlane.stages.result import ResultTable
from redlane.stages.subgroup_tables import subgroup_tables

REPEATED = 0.2
"""With more than this share of test rows repeating earlier goods exactly, the honest slice is shown as well."""

HEADLINE_RATES = (0.05, 0.10)
"""The inspection rates whose numbers a stage leads with."""


GOLDEN_ROWS = 20


def labelled(declarations: pd.DataFrame) -> Mask:
    """Rows whose outcome is recorded."""
    if "irregular" not in declarations:
        return np.zeros(len(declarations), np.bool_)
    return declarations["irregular"].notna().to_numpy(np.bool_)


def require_outcomes(accepted: Accepted) -> None:
    """Refuse declarations of which no outcome is recorded.

    Raises:
        RedlaneError: there is nothing to learn from and nothing to judge by; every row was rejected, perhaps.
    """
    require_rows(accepted)
    if "irregular" not in accepted.frame:
        raise RedlaneError(
            "no declaration has an outcome: the file has no column mapped to 'irregular', which says what an "
            "inspection found; map its label under 'columns' in the declarations format"
        )
    if not labelled(accepted.frame).any():
        raise RedlaneError(
            "no declaration has an outcome: the column mapped to 'irregular', which says what an inspection "
            "found, is empty in every accepted row"
        )


def require_rows(accepted: Accepted) -> None:
    """Refuse to go on when not one row was accepted: settings are wrong then, rather than rows.

    Raises:
        RedlaneError: naming the most frequent reason, with the first row it concerns.
    """
    if len(accepted.frame):
        return
    code, lines = next(iter(accepted.rejects["code"].value_counts().items()))
    first = accepted.rejects[accepted.rejects["code"] == code].iloc[0]
    raise RedlaneError(
        f"all {accepted.read:,} rows were rejected, {lines:,} times for '{code}'; the first is record "
        f"{first['record_number']} of {Path(first['file']).name}: {first['sentence']}"
    )


def by_name(hashes: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of the input files by name without folders: where a file lay says nothing about a model.

    Files of the same name are told apart by the beginning of their hash.

    >>> by_name({"/data/a/train.csv": "31d0ff", "/data/b/train.csv": "97c001", "test.csv": "5a5a5a"})
    {'train.csv (31d0ff)': '31d0ff', 'train.csv (97c001)': '97c001', 'test.csv': '5a5a5a'}
    """
    names = [Path(path).name for path in hashes]
    return {
        f"{name} ({sha[:8]})" if names.count(name) > 1 else name: sha
        for name, sha in zip(names, hashes.values(), strict=True)
    }


def golden(test: Rows) -> pd.DataFrame:
    """A few rows of features, the same whatever the order of the file: the bundle must always score them alike."""
    order = np.argsort(tie_hash(test.declarations))
    return test.features.iloc[order[:GOLDEN_ROWS]].reset_index(drop=True)


def tables(comparison: Comparison) -> list[ResultTable]:
    """The comparison for people: at the headline rates, on all rows and on the honest slice, then by scheme.

    Measures of the whole order stand in a table of their own: in one, lines would wrap on many a terminal.
    Where next to no goods tuple was seen before, the honest slice is the whole and is not shown twice.
    """
    shown = [comparison.whole]
    if comparison.unseen is not None and comparison.seen_share > REPEATED:
        shown.append(comparison.unseen)
    compared = [table for evaluation in shown for table in _compared(evaluation, comparison)]
    return [*compared, *_typologies(comparison.whole), *subgroup_tables(comparison.subgroups)]


def _compared(evaluation: Evaluation, comparison: Comparison) -> list[ResultTable]:
    title, note = _title(evaluation, comparison), _note(evaluation)
    at_rates = [
        ResultTable(
            f"{title}, inspecting {rate:.0%}", evaluation.table(rate).drop(columns=["lift", *_ORDER]), note
        )
        for rate in HEADLINE_RATES
        if rate in set(evaluation.measures["rate"])
    ]
    order = ResultTable(f"{title}, the whole order", evaluation.table()[["ranking", *_ORDER]], note)
    return [*at_rates, order]


def _title(evaluation: Evaluation, comparison: Comparison) -> str:
    return _ALL if evaluation is comparison.whole else _UNSEEN


def _typologies(evaluation: Evaluation) -> list[ResultTable]:
    """Recall by planted scheme, where schemes are known: honest rows, which no one should find, left out."""
    rate = HEADLINE_RATES[-1]
    rows = evaluation.per_typology
    rows = rows[
        (rows["ranking"] == evaluation.main) & (rows["rate"] == rate) & (rows["typology"] != "honest")
    ]
    if rows.empty:
        return []
    share, n = rows["recall"].to_numpy("float64"), rows["n"].to_numpy("float64")
    thin = np.array([is_thin(*each) for each in zip(share, n, strict=True)], dtype=np.bool_)
    ends = [
        np.where(thin, wilson, rows[end])
        for wilson, end in zip(wilson_ends(share, n), ("low", "high"), strict=True)
    ]
    recall = [f"{r:.2f} ({low:.2f}–{high:.2f})" for r, low, high in zip(share, *ends, strict=True)]
    frame = pd.DataFrame({"typology": rows["typology"], "declarations": rows["n"], "recall": recall})
    note = "share of the planted declarations among the inspected test rows, found irregular or not; "
    note += "of few rows, Wilson's interval"
    return [ResultTable(f"Recall by planted scheme, inspecting {rate:.0%}", frame, note)]


def numbers(comparison: Comparison) -> dict[str, Any]:
    """The headline numbers with intervals, of every ranking: slice -> ranking -> measure."""
    return {
        **{_slug(title): _numbers(evaluation) for title, evaluation in _slices(comparison).items()},
        "seen_goods_tuple_share": comparison.seen_share,
    }


def cautions(caution: str, comparison: Comparison) -> list[str]:
    """What must be said beside the numbers; *caution* first."""
    said = [*([caution] if caution else []), *comparison.whole.notes]
    if comparison.seen_share > REPEATED:
        said.append(
            f"{comparison.seen_share:.1%} of the test rows repeat the exact goods tuple of an earlier row: a "
            f"look-up table scores on them without learning anything. Quote the rows with an unseen tuple beside "
            f"any number."
        )
    return said


def flat_metrics(comparison: Comparison) -> dict[str, tuple[float, float, float]]:
    """The model's own measures by name, for the tracker: value, low, high."""
    return {
        f"{'' if title == _ALL else 'unseen_'}{measure}": triple
        for title, evaluation in _slices(comparison).items()
        for measure, triple in _of(evaluation, MODEL).items()
    }


_ORDER = ["average precision", "ROC-AUC"]
"""Columns of an evaluation's table that do not depend on how many are inspected."""

_ALL, _UNSEEN = "All test rows", "Rows with an unseen goods tuple"


def _slices(comparison: Comparison) -> Mapping[str, Evaluation]:
    unseen = {} if comparison.unseen is None else {_UNSEEN: comparison.unseen}
    return {_ALL: comparison.whole, **unseen}


def _note(evaluation: Evaluation) -> str:
    base = evaluation.base_rate
    return (
        f"{evaluation.n:,} rows, {base.value:.1%} irregular; [95 % interval by {evaluation.block}]".replace(
            "95 %", f"{evaluation.confidence:.0%}"
        )
    )


def _numbers(evaluation: Evaluation) -> dict[str, Any]:
    names = list(dict.fromkeys(evaluation.measures["ranking"]))
    return {
        "rows": evaluation.n,
        "base_rate": _triple(tuple(evaluation.base_rate)),
        **{name: {m: _triple(t) for m, t in _of(evaluation, name).items()} for name in names},
    }


def _of(evaluation: Evaluation, ranking: str) -> dict[str, tuple[float, float, float]]:
    rows = evaluation.measures[evaluation.measures["ranking"] == ranking]
    cuts = [
        "" if not cut else f"_at_{_slug(cut).replace('%', 'pct').replace('.', '_')}" for cut in rows["cut"]
    ]
    names = [f"{measure}{cut}" for measure, cut in zip(rows["measure"], cuts, strict=True)]
    values = rows[["value", "low", "high"]].to_numpy("float64").tolist()
    return {name: (value, low, high) for name, (value, low, high) in zip(names, values, strict=True)}


def _triple(values: tuple[float, ...]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values]


def _slug(title: str) -> str:
    return title.lower().replace(" ", "_")


def write_evaluation(folder: Path, comparison: Comparison) -> list[Path]:
    """Write an evaluation's tables (Parquet), numbers (JSON) and plots (PNG) into *folder*; give their paths."""
    paths = [folder / "evaluation.json"]
    slices = {name: evaluation.plain() for name, evaluation in _slices(comparison).items()}
    groups = comparison.subgroups
    write_json(paths[0], {**slices, "Subgroups": None if groups is None else groups.plain()})
    for name, evaluation in _slices(comparison).items():
        for table in ("measures", "difference", "per_week", "per_typology"):
            if len(frame := getattr(evaluation, table)):
                paths.append(folder / f"{_slug(name)}_{table}.parquet")
                write_table(paths[-1], frame)
    if groups is not None and len(groups.table):
        paths.append(folder / "subgroups.parquet")
        write_table(paths[-1], groups.table)
    if len(comparison.flags):
        paths.append(folder / "red_flags.parquet")
        write_table(paths[-1], comparison.flags)
    return [*paths, *_plots(folder, comparison)]


def _plots(folder: Path, comparison: Comparison) -> list[Path]:
    from redlane.evaluation import plots
    from redlane.evaluation.drawing import save

    truth, rankings = comparison.truth, comparison.rankings
    figures = {
        "gain": plots.gain_curve(rankings, truth),
        "precision_recall": plots.precision_recall(rankings, truth),
        "calibration": plots.calibration(comparison.probability, truth.irregular),
    }
    if truth.revenue is not None:
        figures["gain_revenue"] = plots.gain_curve(rankings, truth, of="revenue")
    if comparison.unseen is not None:
        rows = comparison.unseen_rows
        unseen = {name: values[rows] for name, values in rankings.items()}
        figures["gain_unseen"] = plots.gain_curve(unseen, truth.where(rows))
    return [save(figure, folder / f"{name}.png") for name, figure in figures.items()]
