"""Every kind of profile there is, by the name it has in ``ProfileNeeds``."""

from typing import Any

from redlane.profiles.deviations import DeviationKind
from redlane.profiles.digits import DigitKind
from redlane.profiles.expected_kind import ExpectedKind
from redlane.profiles.kind import Kind
from redlane.profiles.ledger_kinds import ActivityKind, OutcomesKind
from redlane.profiles.links import LinksKind
from redlane.profiles.mirror import MirrorKind
from redlane.profiles.mixture_kind import MixtureKind
from redlane.profiles.moments import MomentsKind
from redlane.profiles.network_kind import NetworkKind
from redlane.profiles.price_kind import PriceKind
from redlane.profiles.silence_kind import SilenceKind

_ALL: tuple[Kind[Any, Any], ...] = (
    ActivityKind(),
    OutcomesKind(),
    PriceKind(),
    ExpectedKind(),
    DeviationKind(),
    MixtureKind(),
    MirrorKind(),
    LinksKind(),
    SilenceKind(),
    MomentsKind(),
    NetworkKind(),
    DigitKind(),
)

KINDS: dict[str, Kind[Any, Any]] = {kind.name: kind for kind in _ALL}
"""In the order in which they are built."""
