"""The contract of a declaration, applied to columns of cells: arrays in, arrays out, no disk.

All that is wrong with a record is found in one pass. A policy may turn a bad value into a missing one;
otherwise the record is rejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.columns import COLUMNS, REQUIRED
from redlane.declarations.format import HOUR, DeclarationFormat
from redlane.declarations.values import MISSING_DAY, Mask, Parsed, parse, parse_hours

OPAQUE = ("declaration_id", "item_number")
"""Ids: echoed as they stand, whatever they hold."""

_MAY_BE_NEGATIVE = ("recovered_revenue",)
_ZERO_IS_SAID = ("net_mass", "gross_mass", "quantity", "customs_value")
_SHARES = ("selection_propensity",)


@dataclass(frozen=True)
class Fault:
    """Records (``rows`` counts from 0) with one thing wrong in one canonical column."""

    code: str
    column: str
    rows: npt.NDArray[np.int64]
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Validated:
    """Values by canonical column, faults that reject, masks of what was repaired, and what may stay."""

    values: dict[str, Any]
    faults: list[Fault]
    repairs: list[tuple[str, Mask]]
    accepted: Mask

    def repair_counts(self, rows: Mask) -> dict[str, int]:
        """How many values were repaired, by kind, among the records in *rows*."""
        counts: dict[str, int] = {}
        for kind, mask in self.repairs:
            if number := int((mask & rows).sum()):
                counts[kind] = counts.get(kind, 0) + number
        return counts


def validate(cells: Mapping[str, pa.Array], rules: DeclarationFormat, as_of: date) -> Validated:
    """Judge *cells* (by canonical name, all of one length) by the *rules*; days may not lie after *as_of*.

    >>> two = {"declaration_id": pa.array(["A", "B"]), "registered_on": pa.array(["2024-02-30", "2024-02-29"])}
    >>> found = validate(two, DeclarationFormat(columns={name: name for name in two}), date(2024, 3, 1))
    >>> found.accepted.tolist(), found.faults[0].code
    ([False, True], 'date-format')
    """
    parsed = {name: _column(name, column, rules, as_of) for name, column in cells.items()}
    _check_outcome_date(parsed)
    if rules.time_of_day:
        parsed[HOUR] = parse_hours(cells["registered_on"], rules)
    faults: list[Fault] = []
    repairs: list[tuple[str, Mask]] = []
    accepted = np.ones(len(next(iter(cells.values()))), dtype=bool)
    for name, column in parsed.items():
        for code, mask in column.faults.items():
            policy = "reject" if name in REQUIRED else rules.policies.of(code)
            if policy == "reject":
                faults.append(Fault(code, name, np.flatnonzero(mask), _facts(code, rules, as_of)))
                accepted &= ~mask
            else:
                column.values = _emptied(column.values, mask)
                repairs.append((f"{code}-as-missing", mask))
        repairs.extend(column.repairs.items())
    return Validated({name: column.values for name, column in parsed.items()}, faults, repairs, accepted)


def _column(name: str, cells: pa.Array, rules: DeclarationFormat, as_of: date) -> Parsed:
    kind = COLUMNS[name].kind
    opaque = name in OPAQUE and not pa.types.is_floating(cells.type)
    parsed = parse(kind, cells, rules, opaque)
    if kind == "number":
        _check_range(name, parsed, rules)
    if kind == "date":
        _check_day(parsed, rules, as_of)
    if name in REQUIRED or name in OPAQUE:
        missing = np.asarray(pc.invert(cells.is_valid()).to_numpy(zero_copy_only=False))
        parsed.note(True, "missing-value", missing)
    return parsed


def _check_range(name: str, parsed: Parsed, rules: DeclarationFormat) -> None:
    numbers = parsed.values
    if name in _SHARES:
        _fault(parsed, "share-range", (numbers < 0) | (numbers > 1))
    elif name not in _MAY_BE_NEGATIVE:
        _fault(parsed, "negative-number", numbers < 0)
    if name in _ZERO_IS_SAID and (zero := numbers == 0).any():
        if rules.policies.zero_number == "accept":
            parsed.note(False, "zero-number", zero)
        else:
            _fault(parsed, "zero-number", zero)


def _check_day(parsed: Parsed, rules: DeclarationFormat, as_of: date) -> None:
    days = parsed.values
    _fault(parsed, "future-date", days > np.datetime64(as_of))
    _fault(parsed, "early-date", days < np.datetime64(rules.earliest_date))


def _check_outcome_date(parsed: Mapping[str, Parsed]) -> None:
    if "outcome_known_on" in parsed:
        known, registered = parsed["outcome_known_on"], parsed["registered_on"]
        known.note(True, "outcome-before-registration", known.values < registered.values)


def _fault(parsed: Parsed, code: str, mask: Mask) -> None:
    parsed.note(True, code, mask)


def _emptied(values: Any, mask: Mask) -> Any:
    if isinstance(values, pa.Array):
        return pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)
    missing = MISSING_DAY if values.dtype.kind == "M" else np.nan
    return np.where(mask, missing, values)


def _facts(code: str, rules: DeclarationFormat, as_of: date) -> dict[str, object]:
    """What the sentence of *code* tells beside column and value."""
    numbers = f"1250{rules.decimal}75"
    facts: dict[str, dict[str, object]] = {
        "number-format": {"example": numbers},
        "number-size": {"limit": f"{rules.largest_number:g}"},
        "date-format": {"example": _date_example(rules)},
        "future-date": {"as_of": as_of.isoformat()},
        "early-date": {"earliest": rules.earliest_date.isoformat()},
        "hs-format": {"lengths": " or ".join(str(length) for length in rules.hs.lengths)},
        "flag-format": {
            "true_values": ", ".join(rules.true_values),
            "false_values": ", ".join(rules.false_values),
        },
    }
    return facts.get(code, {})


def _date_example(rules: DeclarationFormat) -> str:
    return " or ".join("YYYY-MM-DD" if way == "iso" else way for way in rules.dates)
