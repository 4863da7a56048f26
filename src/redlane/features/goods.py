"""Goods, duty and route: what is declared, at which rate, and along which way."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import field_validator

from redlane.declarations.columns import column
from redlane.errors import RedlaneError
from redlane.features.family import Computed, Family
from redlane.features.parties import capital, days_of, group_of, suffix, window_words
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.keys import HS_PREFIXES, check_key, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds


class Codes(Family):
    """Declared codes as LightGBM categories. Levels unseen or rare in training count as missing.

    Ids of persons and firms are refused: they would stand in the model's text in clear.
    """

    title: ClassVar[str] = "Codes"
    family: Literal["codes"] = "codes"
    codes: tuple[str, ...]

    @field_validator("codes")
    @classmethod
    def _open_codes_only(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        check_key(codes, "codes")
        for code in codes:
            if code not in HS_PREFIXES and column(code).sensitivity != "open":
                raise RedlaneError(
                    f"codes: '{code}' identifies a party and may never become a category of the model"
                )
        return codes

    def columns(self) -> tuple[str, ...]:
        """The coded columns."""
        return tuple(dict.fromkeys(source_columns(self.codes)))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the codes that are there."""
        kept = tuple(code for code in self.codes if source_columns((code,))[0] in columns)
        return self.model_copy(update={"codes": kept}) if kept else None

    def features(self) -> tuple[Feature, ...]:
        """One category per code."""
        return tuple(
            Feature(
                name=code,
                meaning=f"{capital(key_words((code,)))} as declared",
                sentence=f"{key_words((code,))}: {{value}}",
                group=group_of((code,)),
                unit="code",
                kind="category",
                family="codes",
            )
            for code in self.codes
        )

    def compute(self, view: View) -> Computed:
        """The codes as text, None where missing."""
        return {code: self._text(view, code) for code in self.codes}

    @staticmethod
    def _text(view: View, code: str) -> npt.NDArray[np.object_]:
        if code not in HS_PREFIXES:
            return view.text(code)
        return hs_prefix(view, code)


def hs_prefix(view: View, part: str) -> npt.NDArray[np.object_]:
    """Chapter, heading or subheading of each row as text, None where the code is missing or too short."""
    codes, length = view.column("hs_code"), HS_PREFIXES[part]
    values = codes.str.slice(0, length).astype("object")
    return values.where(codes.str.len() >= length, None).to_numpy("object")


class Duty(Family):
    """The duty rate and its distance from what is usual for the subheading (mean over the window)."""

    title: ClassVar[str] = "Duty"
    family: Literal["duty"] = "duty"
    window: Literal["all"] | int = 365

    def columns(self) -> tuple[str, ...]:
        """Rate and classification."""
        return ("duty_rate", "hs_code")

    def needs(self) -> ProfileNeeds:
        """Activity by subheading."""
        return ProfileNeeds(activity=(("hs6",),))

    def features(self) -> tuple[Feature, ...]:
        """The rate and the gap."""
        tail = window_words(self.window)
        return (
            Feature(
                "duty_rate",
                "Rate of duty applied",
                "the duty rate is {value} %",
                "classification",
                "%",
                family="duty",
            ),
            Feature(
                f"duty_gap{suffix(self.window)}",
                f"Duty rate minus the mean rate of the subheading {tail}",
                f"the duty rate of {{duty_rate}} % compares with {{usual_duty_rate}} % usual for the subheading {tail}",
                "classification",
                "percentage points",
                family="duty",
            ),
        )

    def compute(self, view: View) -> Computed:
        """Rate and gap; the gap is NaN where the subheading was never seen with a rate."""
        rate = view.number("duty_rate")
        return {"duty_rate": rate, f"duty_gap{suffix(self.window)}": rate - self._usual(view)}

    def _usual(self, view: View) -> Numbers:
        seen, window = view.activity(("hs6",)), days_of(self.window)
        return ratio(seen.total("rate_hundredths", window), seen.total("rate_count", window)) / 100

    def fact_names(self) -> tuple[str, ...]:
        """The usual rate."""
        return ("usual_duty_rate",)

    def facts(self, view: View) -> Computed:
        """The usual rate, in percent."""
        return {"usual_duty_rate": self._usual(view)}


class Route(Family):
    """Origin against departure, and a preference claimed on goods that came another way."""

    title: ClassVar[str] = "Route"
    family: Literal["route"] = "route"
    preference: bool = True

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the preference where the declarations do not state it."""
        if self.preference and "preference_claimed" not in columns:
            return self.model_copy(update={"preference": False}).reduced_to(columns)
        return super().reduced_to(columns)

    def columns(self) -> tuple[str, ...]:
        """Countries, and the preference flag if asked for."""
        return ("origin_country", "departure_country", *(("preference_claimed",) if self.preference else ()))

    def features(self) -> tuple[Feature, ...]:
        """Departure differs; preference; both."""
        differs = Feature(
            "departure_differs",
            "1 when the goods departed from another country than their origin",
            "goods of origin {origin_country} departed from {departure_country}",
            "origin",
            "0 or 1",
            family="route",
        )
        if not self.preference:
            return (differs,)
        return (
            differs,
            Feature(
                "preference",
                "1 when a tariff preference is claimed",
                "a tariff preference is claimed for origin {origin_country}",
                "origin",
                "0 or 1",
                family="route",
                sentence_zero="no tariff preference is claimed",
            ),
            Feature(
                "preference_elsewhere",
                "1 when a preference is claimed and the goods departed from another country",
                "preference claimed for origin {origin_country}, though the goods departed from {departure_country}",
                "origin",
                "0 or 1",
                family="route",
                sentence_zero="no tariff preference is claimed for goods that departed from another country",
            ),
        )

    def compute(self, view: View) -> Computed:
        """0 or 1; NaN where a country or the claim is not stated."""
        origin, departure = view.column("origin_country"), view.column("departure_country")
        stated = (origin.notna() & departure.notna()).to_numpy(bool)
        differs = np.where(stated, (origin != departure).to_numpy(bool), np.nan)
        if not self.preference:
            return {"departure_differs": differs}
        claimed = view.number("preference_claimed")
        return {
            "departure_differs": differs,
            "preference": claimed,
            "preference_elsewhere": differs * claimed,
        }
