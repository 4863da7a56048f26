"""Who inspects: offices, their inspectors, who is on duty on a day, and pairs that look away."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, Words, party_ids, stream
from redlane.declarations.synthetic.parties import Brokers
from redlane.declarations.synthetic.settings import SyntheticSettings

DUTY = 0.65
"""Part of the days on which an inspector is on duty."""
COLLUSIVE_INTENSITY = 0.3
"""Part of a colluding broker's items that are irregular, where the plan can reach its share with it."""


@dataclass(frozen=True)
class Staff:
    """Offices and inspectors (sorted by office), and the collusive pairs.

    ``pair_inspector`` gives for each broker the inspector it is in league with, or -1.
    """

    office_ids: Words
    inspector_ids: Words
    office: Ints
    start: Ints
    size: Ints
    pair_inspector: Ints

    def on_duty(self, seed: int, week: int) -> Flags:
        """Roster of *week* (7 days, inspectors); every office has somebody on every day."""
        rng = stream(seed, "roster", week)
        present = rng.random((7, len(self.office))) < DUTY
        for day in range(7):
            staffed = np.bincount(self.office[present[day]], minlength=len(self.start)) > 0
            present[day, self.start[~staffed]] = True
        return present


def build_staff(settings: SyntheticSettings, brokers: Brokers, trade_share: Floats) -> Staff:
    """Draw offices, inspectors and collusive pairs; *trade_share* is each broker's part of all rows."""
    rng = stream(settings.seed, "staff")
    load = np.bincount(brokers.office, weights=trade_share, minlength=settings.offices) + 0.02
    size = np.maximum(2, np.round(settings.inspectors * load / load.sum())).astype(np.int64)
    start = np.cumsum(size) - size
    return Staff(
        office_ids=np.array(
            [f"O{number:02d}" for number in 1 + rng.permutation(settings.offices)], dtype=object
        ),
        inspector_ids=party_ids(int(size.sum()), rng),
        office=np.repeat(np.arange(settings.offices), size),
        start=start,
        size=size,
        pair_inspector=_pairs(settings, brokers, trade_share, (start, size), rng),
    )


def _pairs(
    settings: SyntheticSettings,
    brokers: Brokers,
    trade_share: Floats,
    staff: tuple[Ints, Ints],
    rng: np.random.Generator,
) -> Ints:
    """Brokers whose trade best carries the planned share, each with an inspector of its home office."""
    partner = np.full(settings.brokers, -1)
    share = settings.share("collusion")
    if share == 0 or settings.collusive_pairs == 0:
        return partner
    wanted = share / settings.collusive_pairs / COLLUSIVE_INTENSITY
    nearest = np.argsort(np.abs(np.log((trade_share + 1e-9) / wanted)))[: settings.collusive_pairs]
    start, size = staff
    offices = brokers.office[nearest]
    partner[nearest] = start[offices] + rng.integers(0, size[offices])
    return partner
