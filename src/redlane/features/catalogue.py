"""The catalogue: which families are in use, and everything that is read from them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, Field, SerializeAsAny, model_validator

from redlane.declarations.columns import COLUMNS, require_declared
from redlane.errors import RedlaneError
from redlane.features.amounts import Amounts
from redlane.features.behaviour import Pace
from redlane.features.community import Community
from redlane.features.digits import DigitTests
from redlane.features.family import Family
from redlane.features.flags.family import Flags
from redlane.features.flags.flag import Flag, FlagSettings
from redlane.features.goods import Codes, Duty, Route, hs_prefix
from redlane.features.incentives import Misclassification
from redlane.features.mirror import Mirror
from redlane.features.network import Fan, Hub, Neighbours
from redlane.features.novelty import Novelty
from redlane.features.origin_incentives import OriginIncentive
from redlane.features.parties import History, base_rate
from redlane.features.price_habit import PriceHabit
from redlane.features.price_mixture import PriceMixture
from redlane.features.repeats import Repeats
from redlane.features.shares import Shares
from redlane.features.spec import Feature
from redlane.features.splitting import Splitting
from redlane.features.successors import Successors
from redlane.features.switching import Switching
from redlane.features.timing import Timing
from redlane.features.unit_price import UnitPrice
from redlane.features.vertex import Vertex
from redlane.features.view import View
from redlane.features.vocabulary import reworded
from redlane.profiles.build import Profiles
from redlane.profiles.keys import HS_PREFIXES
from redlane.profiles.needs import ProfileNeeds
from redlane.settings import Settings

FAMILIES: dict[str, type[Family]] = {
    "amounts": Amounts,
    "codes": Codes,
    "community": Community,
    "digits": DigitTests,
    "duty": Duty,
    "fan": Fan,
    "flags": Flags,
    "history": History,
    "hub": Hub,
    "mirror": Mirror,
    "misclassification": Misclassification,
    "neighbours": Neighbours,
    "novelty": Novelty,
    "origin_incentive": OriginIncentive,
    "pace": Pace,
    "price_habit": PriceHabit,
    "price_mixture": PriceMixture,
    "repeats": Repeats,
    "route": Route,
    "shares": Shares,
    "splitting": Splitting,
    "successors": Successors,
    "switching": Switching,
    "timing": Timing,
    "unit_price": UnitPrice,
    "vertex": Vertex,
}
"""Every feature family by the name configuration gives it."""

GENERAL_FACTS = ("base_rate", *HS_PREFIXES)
"""Fields any sentence may name: the overall hit rate, and the parts of the HS code."""


def _family(values: Any) -> Any:
    if isinstance(values, Family):
        return values
    if not isinstance(values, Mapping) or values.get("family") not in FAMILIES:
        found = values.get("family") if isinstance(values, Mapping) else values
        raise RedlaneError(f"features: there is no family {found!r}; known are {', '.join(sorted(FAMILIES))}")
    return FAMILIES[values["family"]].parse(values, f"features: family {values['family']}")


class FeatureSettings(Settings):
    """The families in use, in the order the model sees their features.

    ``unavailable`` says what happens where the declarations cannot feed a family: *refuse* to start, or
    *leave_out* what lacks a column or a reference table, naming it once.

    ``words`` replaces words of meanings and sentences, for declarations that are something else: {importer:
    customer, declarations: payments}.
    """

    unavailable: Literal["refuse", "leave_out"] = "refuse"
    words: dict[str, str] = {}
    families: tuple[SerializeAsAny[Annotated[Family, BeforeValidator(_family)]], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct_names(self) -> "FeatureSettings":
        seen: set[str] = set()
        for feature in self.features():
            if feature.name in seen:
                raise RedlaneError(f"features: two families make a feature called '{feature.name}'")
            seen.add(feature.name)
        return self

    @model_validator(mode="after")
    def _flags_fit(self) -> "FeatureSettings":
        for family in self.families:
            if isinstance(family, Flags):
                family.check(self.names(), frozenset(f.name for f in self.features() if f.kind == "category"))
        return self

    def features(self) -> tuple[Feature, ...]:
        """All features, in order."""
        return tuple(
            reworded(feature, self.words) for family in self.families for feature in family.features()
        )

    def flags(self) -> tuple[Flag, ...]:
        """All red flags, in order."""
        return tuple(flag for family in self.families if isinstance(family, Flags) for flag in family.flags)

    def with_flags(self, flags: FlagSettings) -> "FeatureSettings":
        """The same with *flags* at the place that ``family: flags`` keeps for them; none where there is no place."""
        families = [
            Flags(catalogue=flags.catalogue) if isinstance(family, Flags) and not family.catalogue else family
            for family in self.families
        ]
        return FeatureSettings(unavailable=self.unavailable, words=self.words, families=tuple(families))

    def for_flags(self) -> "FeatureSettings":
        """The flags, with no other family than those that offer a feature or a peer number that a flag names.

        Every flag has the value that it has among all the families. At least one flag must be in use.
        """
        named = {name for flag in self.flags() for name in (*flag.names(), *flag.sentence_names())}
        families = [
            family
            for family in self.families
            if isinstance(family, Flags)
            or not named.isdisjoint([*family.fact_names(), *(feature.name for feature in family.features())])
        ]
        return FeatureSettings(unavailable=self.unavailable, families=tuple(families))

    def names(self) -> tuple[str, ...]:
        """What a flag may name: declared columns, parts of the HS code, features, peer numbers."""
        declared = [name for name, column in COLUMNS.items() if column.role in ("declared", "identifier")]
        others = [family for family in self.families if not isinstance(family, Flags)]
        features = [feature.name for family in others for feature in family.features()]
        facts = [name for family in others for name in family.fact_names()]
        return tuple(dict.fromkeys([*declared, *GENERAL_FACTS, *features, *facts]))

    def needs(self) -> ProfileNeeds:
        """All profiles the families read; the overall rate is always among them."""
        general = ProfileNeeds(outcomes=((),))
        return ProfileNeeds.union([general, *(family.needs() for family in self.families)])

    def columns(self) -> tuple[str, ...]:
        """All declared columns the families read."""
        return tuple(dict.fromkeys(name for family in self.families for name in family.columns()))

    def optional_columns(self) -> tuple[str, ...]:
        """Declared columns that are read where the declarations have them."""
        return tuple(dict.fromkeys(name for family in self.families for name in family.optional_columns()))

    def fact_names(self) -> tuple[str, ...]:
        """The peer numbers sentences may name."""
        return (*GENERAL_FACTS, *(name for family in self.families for name in family.fact_names()))

    def check_columns(self, available: Iterable[str], labels: Mapping[str, str] | None = None) -> None:
        """Refuse to start when a family reads a column the declarations do not have.

        *labels* are the file's names of mapped columns: one that is mapped and not there may be misspelt.

        Raises:
            RedlaneError: naming the family and the column.
        """
        held = set(available)
        for family in self.families:
            require_declared(family.columns(), f"feature family '{family.family}'")
            for name in family.columns():
                if name not in held:
                    label = (labels or {}).get(name)
                    mend = (
                        "map its label"
                        if label is None
                        else f"they have no column '{label}': correct the label"
                    )
                    raise RedlaneError(
                        f"feature family '{family.family}' reads '{name}', which the declarations do not have; "
                        f"{mend} in the declarations format, or leave it out in a features file of your own"
                    )


def build(declarations: pd.DataFrame, profiles: Profiles, settings: FeatureSettings) -> pd.DataFrame:
    """Compute every feature of every declaration: the one function train, score and evaluate call.

    Returns a frame of n rows; numbers are float64 with NaN where a feature cannot be computed, categories text
    with None. Only what was known before each declaration's day is used.

    Raises:
        RedlaneError: a column or a profile that a family reads is not there.
    """
    settings.check_columns(declarations.columns)
    _check_profiles(profiles, settings)
    view = _view(declarations, profiles)
    for family in settings.families:
        view.offer(family.compute(view), family.fact_names(), family.facts)
    return pd.DataFrame(
        {feature.name: view.offered(feature.name) for feature in settings.features()}, copy=False
    )


def facts(declarations: pd.DataFrame, profiles: Profiles, settings: FeatureSettings) -> pd.DataFrame:
    """The declared columns and peer numbers that sentences name, one row per declaration."""
    view = _view(declarations, profiles)
    for family in settings.families:
        view.offer({}, [feature.name for feature in family.features()])
    numbers: dict[str, Any] = {}
    for family in settings.families:
        made = family.facts(view)
        view.offer(made, made)
        numbers |= made
    if "hs_code" in declarations:
        numbers = {**{part: hs_prefix(view, part) for part in HS_PREFIXES}, **numbers}
    read = [*settings.columns(), *(name for name in settings.optional_columns() if name in declarations)]
    declared = [name for name in dict.fromkeys(read) if name not in numbers]
    stated = {name: declarations[name].reset_index(drop=True) for name in declared}
    return pd.DataFrame({**stated, "base_rate": base_rate(view), **numbers}, copy=False)


def _view(declarations: pd.DataFrame, profiles: Profiles) -> View:
    view = View(declarations, profiles)
    view.offer({}, ["base_rate"], lambda view: {"base_rate": base_rate(view)})
    return view


def _check_profiles(profiles: Profiles, settings: FeatureSettings) -> None:
    missing = settings.needs().missing_from(profiles.needs)
    if missing:
        raise RedlaneError(
            f"the profiles lack {', '.join(missing)}; rebuild them with the features this model was trained on"
        )
