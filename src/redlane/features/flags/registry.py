"""The choices of ``conf/flags/``."""

from redlane.features.flags.flag import FlagSettings
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"catalogue": FlagSettings}
"""Settings classes by the ``name`` a configuration file gives."""
