"""A comparison for people: the verdict in a sentence, and the page with all that stands behind it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

import redlane
from redlane.evaluation.paired import Contest
from redlane.evaluation.paired.differences import LOWER_IS_BETTER
from redlane.evaluation.paired.duel import Duel
from redlane.evaluation.result import plain_records
from redlane.model.bundle import Bundle
from redlane.reports.document import percent, still_page
from redlane.reports.translation import Translator
from redlane.words.catalogue import catalogue
from redlane.words.numbers import count, decimals

MARK = "<!-- redlane comparison -->"
"""Stands near the beginning of every such page, so that one is known when it is to be replaced."""

REPEATED = 0.2
"""With more than this share of repeated goods tuples the honest slice is spoken of beside the verdict."""

SHARES = ("precision", "recall", "revenue")


@dataclass(frozen=True)
class Entry:
    """A bundle as it stands in the comparison; ``size`` in bytes, speed with features included."""

    name: str
    bundle_id: str
    profiles_id: str
    fitted_on: str
    features: int
    size: int
    rows_per_second: float


@dataclass(frozen=True)
class Outcome:
    """All that a comparison found; the first of ``entries`` is the one the others are held against.

    ``unseen`` is the honest slice (rows whose goods tuple no earlier declaration has), None where it says nothing of
    its own; ``seen_share`` is the share of rows left out there.
    """

    entries: Sequence[Entry]
    whole: Contest
    unseen: Contest | None
    seen_share: float
    duels: Sequence[Duel]
    primary: str
    cut: str
    since: str
    revenue_is_proxy: bool

    @property
    def names(self) -> list[str]:
        """The bundles as they are called."""
        return [entry.name for entry in self.entries]

    def sentences(self, language: str) -> list[str]:
        """The verdict on each bundle but the first, in a sentence with its numbers."""
        return [verdict(line, self, language) for line in self.whole.deciding().to_dict("records")]

    def cautions(self, language: str) -> list[str]:
        """What must be said beside the verdict."""
        words = catalogue(language, "comparison")
        said = []
        if len(self.entries) > 2:
            level = decimals(percent(self.whole.decisive), language)
            said.append(words["verdict.several"].format(others=len(self.entries) - 1, level=level))
        if self.seen_share > REPEATED:
            said.append(words["caution.repeats"].format(share=decimals(percent(self.seen_share), language)))
            if self.unseen is not None:
                said += [
                    words["caution.honest"].format(sentence=verdict(line, self, language))
                    for line in self.unseen.deciding().to_dict("records")
                ]
        if self.revenue_is_proxy:
            said.append(words["caution.proxy"])
        if self.whole.weeks < 10:
            said.append(words["caution.weeks"].format(weeks=self.whole.weeks))
        return said


def verdict(line: Mapping[Hashable, Any], outcome: Outcome, language: str) -> str:
    """One difference as a sentence."""
    words = catalogue(language, "comparison")
    cut = decimals(str(line["cut"]), language)
    told = {
        "bundle": line["bundle"],
        "against": line["against"],
        "measure": words[f"measure.{line['measure']}"],
        "cut": words["verdict.at"].format(cut=cut) if cut else "",
        "value": signed(line["value"], line["measure"], language),
        "low": signed(line["low"], line["measure"], language),
        "high": signed(line["high"], line["measure"], language),
        "level": decimals(percent(outcome.whole.decisive), language),
        "detectable": signed(line["detectable"], line["measure"], language).lstrip("+"),
    }
    return words[f"verdict.{line['verdict']}"].format(**told)


def signed(value: float, measure: str, language: str = "en") -> str:
    """A difference with its sign: shares in percentage points, others as they are.

    >>> signed(0.0213, "precision"), signed(-0.0021, "brier"), signed(float("nan"), "precision")
    ('+2.1 pp', '−0.0021', '–')
    >>> signed(0.0213, "precision", "fr")
    '+2,1 points'
    """
    if value != value:
        return "–"
    points = catalogue(language, "comparison")["compare.points"]
    text = f"{100 * value:+.1f} {points}" if measure in SHARES else f"{value:+.4f}"
    return decimals(text.replace("-", "−"), language)


def comparison_page(outcome: Outcome, language: str, bundles: Mapping[str, Bundle]) -> str:
    """The page as one HTML text that asks nobody for anything; *bundles* by name know what reasons say."""
    tellers = {name: Translator.of(language, bundle) for name, bundle in bundles.items()}
    slices = {"whole": outcome.whole, **({} if outcome.unseen is None else {"unseen": outcome.unseen})}
    return still_page(
        "compare",
        "comparison",
        language,
        MARK,
        {
            "outcome": outcome,
            "rare": outcome.seen_share <= REPEATED,
            "version": redlane.__version__,
            "verdicts": list(zip(outcome.sentences(language), _verdict_words(outcome), strict=True)),
            "cautions": outcome.cautions(language),
            "differences": {name: _differences(each, language) for name, each in slices.items()},
            "values": {name: _values(each, outcome, language) for name, each in slices.items()},
            "slices": {
                name: {"n": each.n, "base": each.base, "weeks": each.weeks} for name, each in slices.items()
            },
            "duels": [_duel(each, outcome, language, tellers) for each in outcome.duels],
            "count": count,
        },
    )


def _verdict_words(outcome: Outcome) -> list[str]:
    return [str(word) for word in outcome.whole.deciding()["verdict"]]


def _differences(judged: Contest, language: str) -> list[dict[str, Any]]:
    """Lines of the table of differences; the bar's ends lie on a scale of each measure's own, zero in the middle."""
    lines = []
    records: list[dict[str, Any]] = plain_records(judged.differences)
    for line in records:
        line |= {end: float("nan") for end in ("value", "low", "high", "detectable") if line[end] is None}
        known = line["low"] == line["low"]
        reach = max(abs(line[end]) for end in ("low", "value", "high")) or 1.0
        bar = {end: 50 + 46 * line[end] / reach for end in ("low", "value", "high")} if known else None
        told = {
            f"{end}_text": signed(line[end], str(line["measure"]), language)
            for end in ("value", "low", "high", "detectable")
        }
        lines.append({**line, **told, "bar": bar, "lower": line["measure"] in LOWER_IS_BETTER})
    return lines


def _values(judged: Contest, outcome: Outcome, language: str) -> dict[str, Any]:
    """Rankings by measure at the capacity that decides, each value with its interval."""
    chosen = judged.values[judged.values["cut"].isin(["", outcome.cut])]
    measures = list(dict.fromkeys(chosen["measure"]))
    rows = []
    for name, lines in chosen.groupby("ranking", sort=False):
        by_measure = {line["measure"]: line for line in lines.to_dict("records")}
        cells = [decimals(_cell(by_measure.get(measure)), language) for measure in measures]
        rows.append({"name": name, "bundle": name in outcome.names, "cells": cells})
    return {"measures": measures, "rows": rows}


def _cell(line: Mapping[Hashable, Any] | None) -> str:
    if line is None:
        return "–"

    def spelled(value: float) -> str:
        return "–" if value != value else f"{value:.3f}"

    return f"{spelled(line['value'])} ({spelled(line['low'])} … {spelled(line['high'])})"


def _duel(each: Duel, outcome: Outcome, language: str, tellers: Mapping[str, Translator]) -> dict[str, Any]:
    groups = each.subgroups
    sides = {"first": tellers[outcome.names[0]], "other": tellers[each.other]}
    told = [] if groups.empty else groups[groups["measure"] == "precision"].to_dict("records")
    for line in told:
        line |= {f"{end}_text": signed(line[end], "precision", language) for end in ("value", "low", "high")}
    return {
        "other": each.other,
        "parted": each.parted.table.to_dict("records"),
        "explained": each.explained,
        "reasons": {who: _reasons(each.reasons, who, sides) for who in ("first", "other")},
        "groups": {who: _pivot(each.groups, who) for who in ("first", "other")},
        "examples": [_example(one, tuple(sides.values())) for one in each.examples],
        "agreement": each.agreement,
        "correlation": each.rank_correlation,
        "subgroups": told,
        "differing": sum(bool(line["differs"]) for line in told),
    }


def _reasons(
    reasons: pd.DataFrame, who: str, sides: Mapping[str, Translator]
) -> dict[str, list[dict[Hashable, Any]]]:
    rows = reasons[reasons["who"] == who]
    return {
        side: [
            {**row, "meaning": _meaning(row, teller)} for row in rows[rows["side"] == side].to_dict("records")
        ]
        for side, teller in sides.items()
    }


def _meaning(row: Mapping[Hashable, Any], teller: Translator) -> str:
    spec = teller.specs.get(row["code"])
    return str(row["meaning"]) if spec is None else teller.meaning(spec)


def _example(one: Mapping[str, Any], tellers: Sequence[Translator]) -> dict[str, Any]:
    """An example with each side's reasons in the language of its teller: sentence, and whether it stayed English."""
    told = [
        list(zip(*teller.reasons(codes, sentences), strict=True))
        for teller, codes, sentences in zip(tellers, one["codes"], one["reasons"], strict=True)
    ]
    return {**one, "reasons": told}


def _pivot(groups: pd.DataFrame, who: str) -> list[dict[str, Any]]:
    """Typology groups leading in the rows that one model selects alone: how often by each model's reasons."""
    rows = groups[groups["who"] == who]
    by_side = {side: rows[rows["side"] == side].set_index("group")["rows"] for side in ("first", "other")}
    names = sorted({*rows["group"]}, key=lambda name: -int(by_side[who].get(name, 0)))
    return [{"group": name, **{side: int(by_side[side].get(name, 0)) for side in by_side}} for name in names]
