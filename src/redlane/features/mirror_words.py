"""The words of mirror features: meaning, unit, group, direction, and the sentences an officer reads."""

from typing import Literal, NamedTuple

from redlane.features.spec import Feature, Group

FACTS = (
    "mirror_year",
    "mirror_exports",
    "mirror_imports",
    "mirror_mass_exported",
    "mirror_mass_declared",
    "mirror_recent",
    "mirror_price_recorded",
    "mirror_price_imported",
    "mirror_price_declared",
    "mirror_value_fob",
    "mirror_siblings_exported",
    "mirror_siblings_declared",
    "mirror_departure_exports",
)
"""Numbers of both sides that sentences may name."""


class _Words(NamedTuple):
    name: str
    meaning: str
    unit: str
    group: Group
    sentence: str
    direction: Literal[-1, 0, 1] = 0
    zero: str = ""


_VALUES = (
    "in {mirror_year} {origin_country} recorded {mirror_exports} of exports of HS {hs6} to this country; imports "
    "declared from there came to {mirror_imports} (both before freight)"
)
_MASSES = (
    "in {mirror_year} {origin_country} recorded {mirror_mass_exported} kg of exports of HS {hs6} to this country; "
    "declared from there were {mirror_mass_declared} kg"
)
_PRICES = (
    "declared {mirror_price_declared} per kg before freight; {origin_country} recorded its exports of HS {hs6} to this "
    "country at {mirror_price_recorded} per kg in {mirror_year}"
)
_RECORDED = "{origin_country} recorded exports of HS {hs6} to this country in {mirror_year}"

_ALL = (
    _Words(
        "mirror_log_gap",
        "Partner's recorded exports over declared imports, last published year (log)",
        "log",
        "valuation",
        _VALUES,
    ),
    _Words(
        "mirror_relative_gap",
        "Recorded exports less declared imports, over their mean: -2 to 2",
        "ratio",
        "valuation",
        _VALUES,
    ),
    _Words(
        "mirror_mass_log_gap", "Recorded mass exported over mass declared (log)", "log", "quantity", _MASSES
    ),
    _Words(
        "mirror_unit_value_gap",
        "Price per kg recorded by the partner over that of all imports declared from there (log)",
        "log",
        "valuation",
        "in {mirror_year} {origin_country} recorded its exports of HS {hs6} to this country at "
        "{mirror_price_recorded} per kg; imports from there were declared at {mirror_price_imported} per kg",
    ),
    _Words(
        "mirror_sibling_gap",
        "Relative gap of the other subheadings of the heading, from this origin: -2 to 2",
        "ratio",
        "classification",
        "of the other subheadings of heading {hs4}, {origin_country} recorded {mirror_siblings_exported} of exports in "
        "{mirror_year}; declared from there was {mirror_siblings_declared}",
    ),
    _Words(
        "mirror_price_log_ratio",
        "This declaration's price per kg before freight over the partner's recorded price (log)",
        "log",
        "valuation",
        _PRICES,
    ),
    _Words(
        "mirror_value_missing",
        "Value missing to the partner's recorded price for the same mass",
        "reference currency",
        "valuation",
        _PRICES,
        1,
    ),
    _Words(
        "mirror_value_above",
        "Value above the partner's recorded price for the same mass",
        "reference currency",
        "over_invoicing",
        _PRICES,
        1,
    ),
    _Words(
        "mirror_size",
        "This declaration over the partner's exports of the good in a whole year (log)",
        "log",
        "origin",
        "this declaration of {mirror_value_fob} before freight compares with {mirror_exports} that {origin_country} "
        "recorded as its exports of HS {hs6} to this country in all of {mirror_year}",
        1,
    ),
    _Words(
        "mirror_without_exports",
        "1 when the origin publishes its exports, and none of this good to this country",
        "0 or 1",
        "origin",
        "{origin_country} recorded no exports of HS {hs6} of its own to this country in {mirror_year}",
        1,
        _RECORDED,
    ),
    _Words(
        "mirror_orphan",
        "1 when imports were declared that the origin recorded no exports for",
        "0 or 1",
        "origin",
        "in {mirror_year} imports of {mirror_imports} of HS {hs6} were declared from {origin_country}, which recorded "
        "no such exports of its own to this country",
        1,
        "in {mirror_year} imports of HS {hs6} declared from {origin_country} have a counterpart in its exports, or "
        "there were none",
    ),
    _Words(
        "mirror_lost",
        "1 when the origin recorded exports of which no import was declared",
        "0 or 1",
        "quantity",
        "in {mirror_year} {origin_country} recorded {mirror_exports} of exports of HS {hs6} to this country, and no "
        "import from there was declared",
        0,
        "no exports of HS {hs6} recorded by {origin_country} in {mirror_year} went without any declared import",
    ),
    _Words(
        "mirror_origin_share",
        "Share of the origin in all partners' own exports of the good to this country",
        "share",
        "origin",
        "{origin_country} stands for {value:share} of what all partners recorded as own exports of HS {hs6} to this "
        "country in {mirror_year}",
        -1,
    ),
    _Words(
        "mirror_pace",
        "Imports declared in the past 365 days over the partner's exports of the last published year (log)",
        "log",
        "origin",
        "in the past year imports of {mirror_recent} of HS {hs6} were declared from {origin_country}, which had "
        "recorded {mirror_exports} of exports in {mirror_year}",
    ),
    _Words(
        "mirror_origin_reexports",
        "Share of re-exports in what the origin sends here; 1 for configured hubs",
        "share",
        "origin",
        "{value:share} of what {origin_country} sends to this country was made elsewhere",
    ),
    _Words(
        "mirror_departure_instead",
        "1 when the country of departure recorded exports of the good and the stated origin none",
        "0 or 1",
        "origin",
        "{origin_country} recorded no exports of HS {hs6} of its own to this country, but {departure_country}, which "
        "the goods departed from, recorded {mirror_departure_exports}",
        1,
        "it does not hold that only the country of departure, {departure_country}, recorded exports of HS {hs6}",
    ),
    _Words(
        "mirror_departure_share",
        "Share of the country of departure in all partners' own exports of the good to this country",
        "share",
        "origin",
        "{departure_country}, which the goods departed from, stands for {value:share} of what all partners recorded as "
        "own exports of HS {hs6} to this country",
    ),
    _Words(
        "mirror_departure_reexports",
        "Share of re-exports in what the country of departure sends here; 1 for configured hubs",
        "share",
        "origin",
        "{value:share} of what {departure_country} sends to this country was made elsewhere",
    ),
)


def described() -> tuple[Feature, ...]:
    """Every feature of the family, in order."""
    return tuple(
        Feature(
            words.name,
            words.meaning,
            words.sentence,
            words.group,
            words.unit,
            direction=words.direction,
            family="mirror statistics",
            sentence_zero=words.zero,
        )
        for words in _ALL
    )
