"""Hubs and communities of the trade network, as tables for analysts.

A hub is a seller or a declarant that lately began to serve many importers that have nothing else in common. A community
is a group of importers, sellers and declarants that are connected once partners with many importers are taken out:
with them nearly everybody is connected with everybody. Party ids stand in these tables, which are the operator's own,
and nowhere else.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from redlane.evaluation.flags import wilson
from redlane.profiles.delivery import number
from redlane.profiles.keys import part_text
from redlane.profiles.networks import components
from redlane.settings import Settings

PARTNERS = ("seller_id", "declarant_id")
CONFIDENCE = 0.95
Codes = npt.NDArray[np.int64]


class NetworkScreen(Settings):
    """What counts as a hub, and what as a community worth a row."""

    window_days: int = Field(default=90, ge=1)
    """A link is new when it was first seen in so many days up to the last day of the period."""
    minimum_new: int = Field(default=5, ge=2)
    """Hubs with fewer new importers are left out."""
    hub_degree: int = Field(default=12, ge=2)
    """Partners with more importers connect nobody."""
    minimum_importers: int = Field(default=2, ge=1)
    """Communities with fewer importers are left out."""


def hubs(declarations: pd.DataFrame, screen: NetworkScreen | None = None) -> pd.DataFrame:
    """Sellers and declarants with many new importers, those with the most unrelated ones first.

    One row per hub: its ``kind`` and ``party``; ``importers`` of the period, ``new`` ones, ``unrelated``: the number
    of communities the new ones belong to when hubs are taken out; ``through`` the one declarant (of a seller) or
    seller (of a declarant) that most new ones came with, and its ``share`` of them; the hub's declarations, value,
    inspections, findings, hit rate and its 95 % interval (Wilson). A link is new that was not seen in *declarations*
    before the window.
    """
    screen = screen or NetworkScreen()
    links = pd.concat([_new_links(declarations, kind, screen) for kind in PARTNERS], ignore_index=True)
    counted = links.groupby(["kind", "party"])["new"].transform("sum")
    wanted = links[counted >= screen.minimum_new]
    label = _labels(declarations, screen, wanted[["kind", "party"]].drop_duplicates())
    new = wanted[wanted["new"]].assign(community=lambda frame: frame["importer_id"].map(label))
    table = pd.DataFrame(
        {
            "importers": wanted.groupby(["kind", "party"]).size(),
            "new": new.groupby(["kind", "party"]).size(),
            "unrelated": new.groupby(["kind", "party"])["community"].nunique(),
        }
    )
    table = table.join(_through(declarations, new)).join(_found(declarations, table.index))
    order = table.reset_index().sort_values(
        ["unrelated", "new", "kind", "party"], ascending=[False, False, True, True]
    )
    return order.reset_index(drop=True)


def _new_links(declarations: pd.DataFrame, kind: str, screen: NetworkScreen) -> pd.DataFrame:
    since = declarations["registered_on"].max() - pd.Timedelta(days=screen.window_days - 1)
    first = declarations.groupby([kind, "importer_id"], observed=True)["registered_on"].min().reset_index()
    first = first.rename(columns={kind: "party"})
    return first.assign(kind=kind.removesuffix("_id"), new=first["registered_on"] >= since)


def _through(declarations: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """For each hub the partner of the other kind that most of its new importers came with, and its share."""
    found = []
    for kind, other in zip(PARTNERS, reversed(PARTNERS), strict=True):
        mine = new[new["kind"] == kind.removesuffix("_id")]
        rows = declarations.merge(mine, left_on=[kind, "importer_id"], right_on=["party", "importer_id"])
        pairs = (
            rows.groupby(["kind", "party", other], observed=True)["importer_id"]
            .nunique()
            .rename("n")
            .reset_index()
        )
        pairs = pairs.sort_values(["n", other], ascending=[False, True]).drop_duplicates(["kind", "party"])
        found.append(pairs.rename(columns={other: "through"}))
    best = pd.concat(found).set_index(["kind", "party"])
    total = new.groupby(["kind", "party"]).size()
    return pd.DataFrame({"through": best["through"], "share": best["n"] / total.reindex(best.index)})


def _found(declarations: pd.DataFrame, hubs: pd.Index) -> pd.DataFrame:
    each = [
        _sums(declarations, declarations[kind])
        .assign(kind=kind.removesuffix("_id"))
        .rename_axis("party")
        .reset_index()
        for kind in PARTNERS
    ]
    return pd.concat(each).set_index(["kind", "party"]).reindex(hubs)


def _sums(declarations: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Declarations, value, inspections and findings of each group, with the hit rate and its interval."""
    irregular = number(declarations, "irregular")
    frame = pd.DataFrame(
        {
            "declarations": 1,
            "value": declarations["customs_value"].fillna(0.0),
            "inspected": np.isfinite(irregular).astype(np.int64),
            "hits": np.nan_to_num(irregular).astype(np.int64),
        }
    )
    sums = frame.groupby(group.to_numpy()).sum()
    pairs = zip(sums["hits"].tolist(), sums["inspected"].tolist(), strict=True)
    ends = np.array([wilson(hits, n, CONFIDENCE) for hits, n in pairs]).reshape(-1, 2)
    rate = sums["hits"] / sums["inspected"].where(sums["inspected"] > 0)
    return sums.assign(hit_rate=rate, low=ends[:, 0], high=ends[:, 1])


def communities(
    declarations: pd.DataFrame, screen: NetworkScreen | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Communities of importers, those with the most findings first, and the parties of each.

    The first table has one row per community: importers, sellers, declarants, declarations, value, inspections,
    findings, hit rate with its 95 % interval, the leading HS heading and origin by value. Members are ``community``,
    ``kind`` and ``party``; communities are numbered by their place in the table, from 1.
    """
    screen = screen or NetworkScreen()
    label = _labels(declarations, screen)
    rows = declarations["importer_id"].map(label)
    kept = declarations[rows.notna()]
    group = rows[rows.notna()].astype("int64")
    members = _members(kept, group, screen)
    table = _sums(kept, group).join(_sizes(members)).join(_leading(kept, group))
    table = table[table["importers"] >= screen.minimum_importers]
    table = table.sort_values(["hits", "importers", "value"], ascending=False)
    number = pd.Series(np.arange(1, len(table) + 1), index=table.index)
    members = members.assign(community=members["community"].map(number)).dropna(subset="community")
    members = members.astype({"community": "int64"}).sort_values(
        ["community", "kind", "party"], ignore_index=True
    )
    return table.assign(community=number).set_index("community").reset_index(), members


def _sizes(members: pd.DataFrame) -> pd.DataFrame:
    counts = pd.crosstab(members["community"], members["kind"])
    return counts.reindex(columns=["importer", "seller", "declarant"], fill_value=0).add_suffix("s")


def _members(kept: pd.DataFrame, group: pd.Series, screen: NetworkScreen) -> pd.DataFrame:
    """Each importer, and each seller and declarant that is no hub, with its community."""
    parts = []
    for kind in ("importer_id", *PARTNERS):
        frame = pd.DataFrame(
            {"party": kept[kind], "importer": kept["importer_id"], "community": group}
        ).dropna()
        if kind in PARTNERS:
            degree = frame.groupby("party")["importer"].transform("nunique")
            frame = frame[degree <= screen.hub_degree]
        parts.append(
            frame.drop_duplicates(["party"])[["community", "party"]].assign(kind=kind.removesuffix("_id"))
        )
    return pd.concat(parts, ignore_index=True)


def _leading(kept: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    columns = {"leading_heading": part_text(kept, "hs4"), "leading_origin": kept["origin_country"]}
    frame = pd.DataFrame({"community": group, "value": kept["customs_value"], **columns})
    leading = {}
    for name in columns:
        sums = frame.groupby(["community", name], observed=True)["value"].sum().reset_index()
        best = sums.sort_values(["value", name], ascending=[False, True]).drop_duplicates("community")
        leading[name] = best.set_index("community")[name]
    return pd.DataFrame(leading)


def _labels(
    declarations: pd.DataFrame, screen: NetworkScreen, without: pd.DataFrame | None = None
) -> pd.Series:
    """The community of each importer, once hubs and the partners *without* (kind, party) are taken out."""
    codes, importers = pd.factorize(declarations["importer_id"], sort=True)
    ends, offset = [], len(importers)
    for kind in PARTNERS:
        partner, names = pd.factorize(declarations[kind], sort=True)
        links = pd.DataFrame({"importer": codes, "partner": partner}).drop_duplicates()
        links = links[(links["importer"] >= 0) & (links["partner"] >= 0)]
        kept = links.groupby("partner")["importer"].transform("size") <= screen.hub_degree
        if without is not None:
            out = without.loc[without["kind"] == kind.removesuffix("_id"), "party"]
            kept &= ~links["partner"].isin(np.flatnonzero(names.isin(out)))
        ends.append(links[kept].to_numpy(np.int64) + np.array([0, offset]))
        offset += len(names)
    together: Codes = np.concatenate(ends)
    label = components(together[:, 0], together[:, 1], offset)
    return pd.Series(label[: len(importers)], index=importers)
