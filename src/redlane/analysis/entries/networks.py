"""Hubs and communities as a page."""

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.networks import communities, hubs
from redlane.words.saying import Say

_BARS = 16


def _tables(period: Period) -> Tables:
    groups, members = communities(period.declarations)
    return {"hubs": hubs(period.declarations), "communities": groups, "members": members}


def _drawn(tables: Tables, say: Say) -> Drawing:
    top = tables["hubs"].head(_BARS)
    kinds = top["kind"].map(lambda kind: say.known(f"cell.kind.{kind}", kind))
    values = top["unrelated"].to_numpy("float64")
    figure = plots.bars(
        (kinds + " " + top["party"]).tolist(), values, title=say("drawn"), unit=say("unit"), say=say
    )
    return Drawing(figure, say("alt", n=len(top), most=int(values.max()), least=int(values.min())))


def _found(tables: Tables, say: Say) -> str:
    groups = tables["communities"]
    largest = int(groups["importers"].max()) if len(groups) else 0
    return say("finding", hubs=len(tables["hubs"]), groups=len(groups), largest=largest)


ANALYSIS = Analysis(
    name="networks",
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
