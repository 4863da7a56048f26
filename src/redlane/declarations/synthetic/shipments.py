"""The rows of one week while they are being made: what is declared and, beside it, what is true."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints


@dataclass
class Shipments:
    """One array per property, one element per goods item; parties, goods and countries by position.

    ``declaration`` numbers the declarations of the week, ``day`` counts from its Monday. Schemes change
    declared properties in place, and true ones where the honest draw was the lie (an origin, say).
    """

    declaration: Ints
    item: Ints
    day: Ints
    importer: Ints
    broker: Ints
    office: Ints
    seller: Ints
    carrier: Ints
    mode: Ints
    departure: Ints
    procedure: Ints
    import_type: Ints
    payment: Ints
    origin: Ints
    true_origin: Ints
    good: Ints
    true_good: Ints
    preference: Flags
    true_preference: Flags
    net_mass: Floats
    true_net_mass: Floats
    gross_mass: Floats
    quantity: Floats
    true_quantity: Floats
    value: Floats
    true_value: Floats
    typology: Ints

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Ints) -> "Shipments":
        """Copies of the given rows, in that order."""
        return self._map(lambda values: values[rows])

    def append(self, other: "Shipments") -> "Shipments":
        """These rows followed by those of *other*."""
        return Shipments(
            **{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)}
        )

    def _map(self, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> "Shipments":
        return Shipments(**{f.name: change(getattr(self, f.name)) for f in fields(self)})

    def resize(self, rows: Ints, factor: Floats) -> None:
        """Make honest consignments of another size: every amount, declared and true, by *factor*."""
        for name in (
            "net_mass",
            "true_net_mass",
            "gross_mass",
            "quantity",
            "true_quantity",
            "value",
            "true_value",
        ):
            getattr(self, name)[rows] *= factor
