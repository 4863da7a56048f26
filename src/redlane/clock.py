"""The only clock that outputs see: the moment something was done, for records that people read.

Nothing is computed from it. Where bytes must repeat, ``SOURCE_DATE_EPOCH`` (reproducible-builds.org) stands for now.
"""

import os
from datetime import UTC, datetime

from redlane.errors import RedlaneError

VARIABLE = "SOURCE_DATE_EPOCH"
"""The environment variable with the seconds since 1970 that stand for now."""


def utc_now() -> str:
    """Now, in UTC, to the second, as ISO 8601 writes it.

    Raises:
        RedlaneError: ``SOURCE_DATE_EPOCH`` is no number of seconds.

    >>> len(utc_now()), utc_now()[-1]
    (20, 'Z')
    """
    stated = os.environ.get(VARIABLE, "").strip()
    try:
        moment = datetime.fromtimestamp(int(stated), UTC) if stated else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise RedlaneError(
            f"the environment variable {VARIABLE} is '{stated[:40]}'; give whole seconds since 1970, or leave it out"
        ) from None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
