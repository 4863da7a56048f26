"""The choices of ``conf/features/``."""

from redlane.features.catalogue import FeatureSettings
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"catalogue": FeatureSettings}
"""Settings classes by the ``name`` a configuration file gives."""
