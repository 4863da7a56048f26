"""What a scheme may look at while it changes rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Floats, Ints
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.world import World


@dataclass(frozen=True)
class Context:
    """The world, the week, and the random stream of the schemes of that week."""

    world: World
    week: int
    rng: np.random.Generator

    def departure_from_truth(self, count: int, least: float = 0.1, mean: float = 0.5) -> Floats:
        """How far *count* schemes go, as a positive logarithm: *least* plus a gamma draw with *mean*."""
        drawn = least + self.rng.gamma(2.0, mean / 2.0, count)
        return np.asarray(np.minimum(drawn, 2.3) * self.world.settings.severity)


Plant = Callable[[Shipments, Ints, Context], Shipments]
"""A scheme: changes the given rows, and returns them all (with further rows, if it makes any)."""
