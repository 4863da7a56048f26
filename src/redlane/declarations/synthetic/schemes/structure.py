"""Schemes in how a consignment is cut into declarations."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints
from redlane.declarations.synthetic.plan import PIECES
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.shipments import Shipments


def splitting(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """A consignment becomes 4 to 8 declarations within days, each valued below the de minimis threshold.

    Prices are true; the pieces are of the same importer, seller and good, by varying subheadings never.
    """
    if not len(at):
        return rows
    rng, limit = context.rng, context.world.settings.de_minimis
    pieces = rng.integers(*PIECES, len(at))
    more = rows.take(np.repeat(at, pieces - 1))
    more.declaration = int(rows.declaration.max()) + 1 + np.arange(len(more))
    more.item = np.ones_like(more.item)
    more.day = np.clip(more.day + rng.integers(-2, 3, len(more)), 0, 6)
    first = len(rows)
    rows = rows.append(more)
    cut = np.concatenate([at, np.arange(first, len(rows))])
    wanted = limit * (1.0 - rng.beta(1.2, 5.0, len(cut)) * 0.9)
    rows.resize(cut, wanted / rows.value[cut])
    return rows
