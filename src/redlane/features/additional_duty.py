"""Additional duties on goods of one origin (anti-dumping, countervailing), as seen in earlier declarations."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.declarations.countries import KNOWN
from redlane.features.siblings import HS4, Rows
from redlane.features.usual_rates import groups
from redlane.features.view import Numbers, View, ratio
from redlane.hashing import MISSING, Hashes, combine, hash64
from redlane.profiles.keys import Key
from redlane.profiles.links import Link

ORIGIN: Key = ("origin_country",)
TREATED: Key = (*HS4, "tax_type")
BY_ORIGIN: Key = (*HS4, *ORIGIN)
BY_TREATMENT: Key = (*BY_ORIGIN, "tax_type")
IMPORTED: Key = ("importer_id", *BY_ORIGIN)
ORIGINS: Link = (TREATED, ORIGIN)
WINDOW = 365


@dataclass(frozen=True)
class AdditionalDuty:
    """For each of n declarations the origin of its heading, other than its own, that bears the highest rate under an
    additional duty: its hash (0 where there is none), that mean rate (%) and the day it was first seen."""

    origin: Hashes
    rate: Numbers
    since: Numbers

    @classmethod
    def of(cls, view: View, codes: tuple[str, ...]) -> "AdditionalDuty":
        """*codes* are the codes of ``tax_type`` that stand for additional duties.

        The two dearest such origins of each heading and day are found once; a declaration of the dearest one itself
        is compared with the second.
        """
        first, group = groups(view.hashes(HS4), view.days)
        two = _two_dearest(view, first, codes)
        own = view.hashes(ORIGIN)
        use = np.where(two[0].origin[group] == own, 1, 0)
        stated = (view.hashes(HS4) != MISSING) & (own != MISSING)

        origin = np.where(use == 1, two[1].origin[group], two[0].origin[group])
        rate = np.where(use == 1, two[1].rate[group], two[0].rate[group])
        since = np.where(use == 1, two[1].since[group], two[0].since[group])
        return cls(np.where(stated, origin, MISSING), np.where(stated, rate, np.nan), since)

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Where there is such an origin."""
        found: npt.NDArray[np.bool_] = self.origin != MISSING
        return found

    def names(self) -> npt.NDArray[np.object_]:
        """The country codes, None where there is none or the code is no known country."""
        codes = sorted(KNOWN)
        by_hash = dict(zip(hash64(codes).tolist(), codes, strict=True))
        distinct, place = np.unique(self.origin, return_inverse=True)
        words = np.array([by_hash.get(key) for key in distinct.tolist()], dtype=object)
        names: npt.NDArray[np.object_] = words[place] if len(distinct) else np.empty(0, object)
        return names

    def imported_before(self, view: View) -> npt.NDArray[np.bool_]:
        """Where this importer brought goods of the heading from that origin before."""
        before, rows = np.zeros(len(view), bool), np.flatnonzero(self.found)
        importer = view.hashes(("importer_id",))[rows]
        keys = combine([importer, view.hashes(HS4)[rows], self.origin[rows]])
        before[rows] = view.table("activity", IMPORTED).before(keys, view.days[rows]).total("count") > 0
        return before


def share_shift(
    view: View, heading: Hashes, origin: Hashes, days: npt.NDArray[np.int64], windows: tuple[int, int]
) -> Numbers:
    """Share of each origin in its heading in the last ``windows[0]`` days, minus that in the ``windows[1]`` before.

    NaN where either period holds fewer than 10 declarations of the heading.
    """
    recent, both = windows[0], windows[0] + windows[1]
    mine = view.table("activity", BY_ORIGIN).before(combine([heading, origin]), days)
    everything = view.table("activity", HS4).before(heading, days)
    part, whole = mine.total("count", recent), everything.total("count", recent)
    part_before = mine.total("count", both) - part
    whole_before = everything.total("count", both) - whole
    shift: Numbers = ratio(part, whole) - ratio(part_before, whole_before)
    return np.where((whole >= 10) & (whole_before >= 10), shift, np.nan)


def _two_dearest(view: View, first: Rows, codes: tuple[str, ...]) -> tuple[AdditionalDuty, AdditionalDuty]:
    """For the heading and day of each row of *first*, the origins with the highest mean rate under *codes*."""
    heading, days = view.hashes(HS4)[first], view.days[first]
    links, ledger = view.table("links", ORIGINS), view.table("activity", BY_TREATMENT)
    parts = []
    for code in hash64(codes):
        treated = combine([heading, np.full(len(first), code)])
        owner, origin = links.before(treated, treated, days).members()
        seen = ledger.before(combine([heading[owner], origin, np.full(len(owner), code)]), days[owner])
        rate = ratio(seen.total("rate_hundredths", WINDOW), seen.total("rate_count", WINDOW)) / 100
        parts.append((owner, origin, rate, seen.first_day()))
    owner, origin, rate, since = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((origin, -np.nan_to_num(rate, nan=-1.0), owner))
    owner, origin, rate, since = owner[order], origin[order], rate[order], since[order]
    number = np.arange(len(owner)) - np.searchsorted(owner, owner)
    one, two = (
        _placed(len(first), owner[number == n], origin[number == n], rate[number == n], since[number == n])
        for n in (0, 1)
    )
    return one, two


def _placed(n: int, owner: Rows, origin: Hashes, rate: Numbers, since: Numbers) -> AdditionalDuty:
    whole = AdditionalDuty(np.zeros(n, np.uint64), np.full(n, np.nan), np.full(n, np.nan))
    whole.origin[owner], whole.rate[owner], whole.since[owner] = origin, rate, since
    return whole
