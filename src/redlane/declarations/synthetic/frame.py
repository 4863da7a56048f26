"""Rows of a week as a declarations frame, in the order of their days."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, Words, opaque, stream
from redlane.declarations.synthetic.outcomes import Outcomes, declared_duty, declared_rate, true_duty
from redlane.declarations.synthetic.selection import Selection
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import (
    CODES,
    COUNTRIES,
    HONEST,
    IMPORT_TYPES,
    INDICATORS,
    MODES,
    PAYMENTS,
    PROCEDURES,
    SECTIONS,
    TAX_TYPES,
    TYPOLOGIES,
)
from redlane.declarations.synthetic.world import World

WEEK_LIMIT = 1 << 24
"""More declarations than any week has: keeps the numbers of different weeks apart."""
_TEXT = pd.Series(["text"]).dtype
_SCRAMBLE = 0x9E3779B97F4A7C15 & ((1 << 44) - 1) | 1


def to_frame(
    world: World, rows: Shipments, selection: Selection, outcomes: Outcomes, week: int
) -> pd.DataFrame:
    """The declarations frame of *week*: canonical columns in canonical order, sorted by day."""
    columns = {
        **_identifiers(world, rows, week),
        **_parties(world, rows, week),
        **_goods(world, rows, week),
        **_findings(world, rows, selection, outcomes, week),
        **_hidden(world, rows, selection),
    }
    return pd.DataFrame(columns, copy=False)


def in_order(world: World, rows: Shipments, week: int) -> Shipments:
    """Sort by day; within a day declarations stand in random order, their items together."""
    rng = stream(world.settings.seed, "order", week)
    number = int(rows.declaration.max(initial=-1)) + 1
    place = rng.permutation(number)
    return rows.take(np.lexsort((rows.item, place[rows.declaration], rows.day)))


def _identifiers(world: World, rows: Shipments, week: int) -> dict[str, object]:
    _, first, member = np.unique(rows.declaration, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    number = (week * WEEK_LIMIT + rank[member]).astype(np.uint64)
    scrambled = (number * np.uint64(_SCRAMBLE) + np.uint64(world.settings.seed)) & np.uint64((1 << 44) - 1)
    return {
        "declaration_id": _words(opaque(scrambled.astype(np.int64), 10)),
        "item_number": _words(rows.item.astype(str).astype(object)),
        "registered_on": _day(world, week, rows.day),
    }


def _parties(world: World, rows: Shipments, week: int) -> dict[str, object]:
    firms = world.firms
    return {
        "office": _words(world.staff.office_ids[rows.office]),
        "procedure": _choice(PROCEDURES, rows.procedure),
        "import_type": _choice(IMPORT_TYPES, rows.import_type),
        "payment_type": _choice(PAYMENTS, rows.payment),
        "transport_mode": _choice(MODES, rows.mode),
        "declarant_id": _words(firms.brokers.ids[rows.broker]),
        "importer_id": _words(firms.importers.ids[rows.importer]),
        "seller_id": _words(firms.sellers.ids[rows.seller]),
        "carrier_id": _words(firms.carriers[rows.carrier]),
    }


def _goods(world: World, rows: Shipments, week: int) -> dict[str, object]:
    tariff = world.tariff
    rate = declared_rate(world, rows, week)
    tax = _tax_type(world, rows, week)
    rng = stream(world.settings.seed, "frame", week)
    proof = np.where(
        rows.preference, rng.choice([1, 2], len(rows)), rng.choice([0, 3], len(rows), p=[0.7, 0.3])
    )
    return {
        "hs_code": _words(tariff.code[rows.good]),
        "departure_country": _choice(CODES, rows.departure),
        "origin_country": _choice(CODES, rows.origin),
        "origin_indicator": _choice(INDICATORS, proof),
        "duty_rate": rate,
        "tax_type": _choice(TAX_TYPES, tax),
        "preference_claimed": rows.preference.astype(np.float64),
        "net_mass": rows.net_mass,
        "gross_mass": rows.gross_mass,
        "quantity": rows.quantity,
        "quantity_unit": _choice([section.unit for section in SECTIONS], tariff.section[rows.good]),
        "customs_value": rows.value,
        "invoice_currency": _choice(
            [c.currency for c in COUNTRIES], world.firms.sellers.country[rows.seller]
        ),
    }


def _tax_type(world: World, rows: Shipments, week: int) -> Ints:
    dumped = world.tariff.dumping[world.tariff.heading[rows.good], rows.origin] > 0
    dumped &= week >= world.tariff.dumping_from
    small = rows.value < world.settings.de_minimis
    return np.select([small, dumped, rows.preference], [3, 2, 1], 0)


def _findings(
    world: World, rows: Shipments, selection: Selection, outcomes: Outcomes, week: int
) -> dict[str, object]:
    seen, found = selection.inspected, outcomes.irregular
    corrected = found & (rows.typology != HONEST)
    tariff = world.tariff
    duty = np.where(corrected, true_duty(world, rows, week), declared_duty(world, rows, week))
    known = _day(world, week, rows.day + outcomes.delay)
    known[~seen] = np.datetime64("NaT")
    after = _assessed(rows, corrected, seen)
    return {
        "assessed_value": after["value"],
        "assessed_hs_code": _words(_blank(tariff.code[np.where(corrected, rows.true_good, rows.good)], seen)),
        "assessed_origin": _words(
            _blank(np.array(CODES, dtype=object)[np.where(corrected, rows.true_origin, rows.origin)], seen)
        ),
        "assessed_quantity": after["quantity"],
        "assessed_net_mass": after["net_mass"],
        "assessed_duty": np.where(seen, np.round(duty, 2), np.nan),
        "inspected": seen.astype(np.float64),
        "irregular": np.where(seen, found.astype(np.float64), np.nan),
        "recovered_revenue": np.where(seen, outcomes.recovered, np.nan),
        "outcome_known_on": known,
    }


def _assessed(rows: Shipments, corrected: Flags, seen: Flags) -> Mapping[str, Floats]:
    """Amounts after the inspection: the true ones where something was found, else as declared."""
    return {
        name: np.where(seen, np.where(corrected, getattr(rows, f"true_{name}"), getattr(rows, name)), np.nan)
        for name in ("value", "quantity", "net_mass")
    }


def _hidden(world: World, rows: Shipments, selection: Selection) -> dict[str, object]:
    seen = selection.inspected
    reason = np.where(selection.random, "random", "rule").astype(object)
    return {
        "inspector_id": _words(_blank(world.staff.inspector_ids[selection.inspector], seen)),
        "selection_reason": _words(_blank(reason, seen)),
        "selection_propensity": selection.propensity,
        "typology": _choice(TYPOLOGIES, rows.typology),
        "truly_irregular": (rows.typology != HONEST).astype(np.float64),
    }


def _day(world: World, week: int, day: Ints) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    start = np.datetime64(world.settings.start, "D")
    return np.asarray((start + (7 * week + day)).astype("datetime64[us]"))


def _choice(values: Sequence[str], index: Ints) -> pd.Series:
    """Text by position in a short table."""
    return _words(np.array(values, dtype=object)[index])


def _blank(values: Words, keep: Flags) -> Words:
    values = values.copy()
    values[~keep] = None
    return values


def _words(values: Words) -> pd.Series:
    """Text as the installed pandas keeps it; None is a missing value."""
    return pd.Series(values, dtype=_TEXT, copy=False)
