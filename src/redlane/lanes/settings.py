"""Settings of the lanes: capacity, random share, mandatory rules."""

from typing import Literal

from pydantic import field_validator

from redlane.lanes.capacity import Capacity, Share
from redlane.lanes.mandatory import Rule
from redlane.settings import Settings


class LaneSettings(Settings):
    """Lanes in ASYCUDA's order; see ``docs/lanes.md`` for the exact design.

    ``capacity`` (examinations, the red lane), ``yellow`` (documents) and ``blue`` (post-clearance audit) are
    each a share ("5%", 0.05) or a number (200) of declarations, per day or of the whole file, over all
    offices or for each. ``random_share`` is the part of the capacity drawn by lot among all declarations
    that no rule makes mandatory; ``seed`` fixes the draw.

    >>> LaneSettings.parse({"capacity": "5%"}).capacity
    0.05
    >>> LaneSettings.parse({"capacity": "lots"}, where="lanes")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: lanes: key 'capacity' is 'lots': it is no capacity; give ...
    """

    capacity: Capacity = 0.05
    yellow: Capacity = 0.10
    blue: Capacity = 0.05
    per: Literal["day", "file"] = "day"
    by: Literal["overall", "office"] = "overall"
    random_share: Share = 0.10
    rank_by: Literal["margin", "expected_revenue"] = "margin"
    seed: int = 0
    mandatory: tuple[Rule, ...] = ()

    @field_validator("mandatory")
    @classmethod
    def _distinct_ids(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        ids = [rule.id for rule in rules]
        twice = sorted({id for id in ids if ids.count(id) > 1})
        if twice:
            raise ValueError(f"two mandatory rules are called '{twice[0]}'; give each its own id")
        return rules
