"""The typology groups for people: what each means, and which control answers it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.features.spec import GROUPS, Group

Control = Literal[
    "documents", "physical examination", "laboratory", "origin verification", "post-clearance audit"
]
CONTROLS: tuple[Control, ...] = (
    "documents",
    "physical examination",
    "laboratory",
    "origin verification",
    "post-clearance audit",
)
"""Every control that is suggested for some group."""


@dataclass(frozen=True)
class Typology:
    """A group of schemes: its name for people, what it covers, the control suggested first, and why."""

    label: str
    meaning: str
    control: Control
    why: str


TYPOLOGIES: dict[Group, Typology] = {
    "valuation": Typology(
        "Valuation",
        "The value may be understated: undervaluation, missing additions, splitting of an invoice.",
        "documents",
        "Invoice, contract and proof of payment show the price paid.",
    ),
    "over_invoicing": Typology(
        "Over-invoicing",
        "The value may be overstated to move money abroad (trade-based money laundering).",
        "post-clearance audit",
        "Payments and books show where the money went; the goods alone do not.",
    ),
    "classification": Typology(
        "Classification",
        "The goods may belong under another heading, with another duty or a prohibition.",
        "laboratory",
        "Composition and use decide the heading; a sample settles it.",
    ),
    "origin": Typology(
        "Origin",
        "The origin may be another: a preference not due, transshipment, a duty or embargo avoided.",
        "origin verification",
        "The issuing authority can confirm a proof of origin.",
    ),
    "quantity": Typology(
        "Quantity",
        "Mass or number may differ from the declared.",
        "physical examination",
        "Weighing and counting settle it.",
    ),
    "identity": Typology(
        "Smuggling and identity",
        "Goods or parties may not be what or who they are said to be.",
        "physical examination",
        "Only opening the consignment shows what is in it.",
    ),
    "behaviour": Typology(
        "Behaviour and network",
        "The parties' history, habits or links differ from those of their peers.",
        "post-clearance audit",
        "A pattern over many declarations shows in the books rather than in one consignment.",
    ),
}
"""Every typology group, in the order of ``GROUPS``."""


def leading_groups(groups: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The group that raised each row's margin most; None where none did. Equal sums: the first of ``GROUPS``.

    >>> rows = pd.DataFrame(0.0, index=range(2), columns=list(GROUPS))
    >>> rows.loc[0, "origin"] = 0.4
    >>> leading_groups(rows).tolist()
    ['origin', None]
    """
    if groups.empty:
        return np.empty(0, dtype=object)
    sums = groups[list(GROUPS)].to_numpy()
    names: npt.NDArray[np.object_] = np.array(GROUPS, dtype=object)[np.argmax(sums, axis=1)]
    names[sums.max(axis=1) <= 0] = None
    return names


def suggested_controls(groups: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The control that answers each row's leading group; None where no group raised the margin.

    >>> rows = pd.DataFrame(0.0, index=range(1), columns=list(GROUPS)).assign(classification=0.1)
    >>> suggested_controls(rows).tolist()
    ['laboratory']
    """
    return np.array(
        [None if group is None else TYPOLOGIES[group].control for group in leading_groups(groups)],
        dtype=object,
    )
