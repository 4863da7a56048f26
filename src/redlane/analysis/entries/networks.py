"""Hubs and communities as a page."""

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.networks import communities, hubs

_BARS = 16


def _tables(period: Period) -> Tables:
    groups, members = communities(period.declarations)
    return {"hubs": hubs(period.declarations), "communities": groups, "members": members}


def _drawn(tables: Tables) -> Drawing:
    top = tables["hubs"].head(_BARS)
    names = (top["kind"] + " " + top["party"]).tolist()
    values = top["unrelated"].to_numpy("float64")
    alt = (
        f"Bars for {len(top)} sellers and declarants: their new importers that nothing else connects, from "
        f"{values.max():.0f} down to {values.min():.0f}."
    )
    figure = plots.bars(
        names, values, title="Hubs with new, unrelated importers", unit="Unrelated new importers"
    )
    return Drawing(figure, alt)


def _found(tables: Tables) -> str:
    groups = tables["communities"]
    return (
        f"{len(tables['hubs']):,} sellers and declarants began to serve many importers lately; outside of hubs, "
        f"importers form {len(groups):,} communities of two or more, the largest of "
        f"{int(groups['importers'].max()) if len(groups) else 0:,}."
    )


ANALYSIS = Analysis(
    name="networks",
    title="Networks",
    lead="Sellers and declarants that lately gather importers with nothing else in common, and groups of parties.",
    reading=(
        "new: importers first seen with this seller or declarant in the last 90 days of the period. unrelated: the "
        "number of separate communities they come from, hubs left out. through: the one declarant (or seller) most "
        "of them came with, and its share.",
        "hit rate, low, high: share of inspections that found an irregularity, with its 95 % interval (Wilson); "
        "empty where nothing was inspected.",
        "A community is a group of importers, sellers and declarants connected with one another once partners with "
        "more than 12 importers are taken out. Communities and their members are in the tables beside.",
    ),
    cautions=(
        "A broker that opens an office, and a seller whose goods are in fashion, gather new importers in all honesty.",
        "In the first 90 days of the declarations given, every link is new: give a longer period.",
    ),
    columns=(
        "importer_id",
        "seller_id",
        "declarant_id",
        "hs_code",
        "origin_country",
        "customs_value",
        "irregular",
    ),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    units={"value": "reference currency"},
)
