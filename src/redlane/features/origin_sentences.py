"""What the features of the incentive to declare another origin mean, and what an officer reads of them.

RECENT and EARLIER stand for the two periods that are compared.
"""

from redlane.features.text import Text

PREFERENCE: tuple[Text, ...] = (
    Text(
        "preference_margin",
        "Usual duty rate of the subheading minus the rate applied, where a preference is claimed; else 0",
        "percentage points",
        "the preference claimed for origin {origin_country} lowers the duty from {ordinary_rate} % to {duty_rate} %",
        "no preference is claimed, or it does not lower the duty",
    ),
    Text(
        "preference_margin_elsewhere",
        "Preference margin where the goods departed from another country than their origin; else 0",
        "percentage points",
        "the preference claimed for origin {origin_country} lowers the duty from {ordinary_rate} % to {duty_rate} %, "
        "though the goods departed from {departure_country}",
        "no preference lowers the duty on goods that departed from another country than their origin",
    ),
    Text(
        "preference_margin_value",
        "Duty that the preference claimed saves",
        "reference currency",
        "the preference claimed for origin {origin_country} saves duty of {value}",
        "no preference is claimed, or it does not lower the duty",
    ),
    Text(
        "importer_x_hs4_new_origin",
        "1 when the importer declared goods of the heading before, but never of this origin; else 0",
        "0 or 1",
        "this importer declared heading {hs4} before, but never of origin {origin_country}",
        "this importer declared heading {hs4} of origin {origin_country} before",
    ),
)
ADDITIONAL: tuple[Text, ...] = (
    Text(
        "additional_duty_avoided",
        "Rate on another origin of the heading that bears an additional duty, minus the rate applied, at least 0",
        "percentage points",
        "goods of heading {hs4} of origin {additional_origin} bear an additional duty ({additional_rate} % in all); "
        "with origin {origin_country} the rate is {duty_rate} %",
        "no other origin of heading {hs4} bears an additional duty that makes it dearer",
    ),
    Text(
        "additional_duty_left",
        "The same where this importer brought goods of the heading from that origin before; else 0",
        "percentage points",
        "this importer brought heading {hs4} from {additional_origin} before, which bears an additional duty "
        "({additional_rate} % in all); with origin {origin_country} the rate is {duty_rate} %",
        "this importer did not bring heading {hs4} from an origin that bears a dearer additional duty",
    ),
    Text(
        "additional_duty_value",
        "Duty that would be due in addition if the goods were of that origin",
        "reference currency",
        "if the goods were of origin {additional_origin}, which bears an additional duty, {value} more would be due",
        "no other origin of heading {hs4} bears an additional duty that makes it dearer",
    ),
    Text(
        "additional_duty_days",
        "Days since an additional duty on that origin was first seen in the heading",
        "days",
        "the additional duty on heading {hs4} of origin {additional_origin} was first seen {value} days ago",
        "",
    ),
    Text(
        "additional_origin_share_shift",
        "Share of that origin in the heading's declarations of the last RECENT, minus in the EARLIER before",
        "share",
        "of heading {hs4}, the share of origin {additional_origin}, which bears an additional duty, changed by "
        "{value:share} in the last RECENT compared with the EARLIER before",
        "",
    ),
)
ROUTES: tuple[Text, ...] = (
    Text(
        "origin_share_shift",
        "Share of the origin in the heading's declarations of the last RECENT, minus in the EARLIER before",
        "share",
        "of heading {hs4}, the share of origin {origin_country} changed by {value:share} in the last RECENT compared "
        "with the EARLIER before",
        "",
    ),
    Text(
        "hs4_x_departure_own_origin_share",
        "Share of the departure country's own goods among the heading's goods that depart from it, in the past year",
        "share",
        "of heading {hs4} departing from {departure_country} in the past year, about {value:share} were of that "
        "country's own origin",
        "",
    ),
    Text(
        "departure_own_origin_share",
        "Share of the departure country's own goods among all goods that depart from it, in the past year",
        "share",
        "of all goods departing from {departure_country} in the past year, about {value:share} were of that country's "
        "own origin",
        "",
    ),
)
