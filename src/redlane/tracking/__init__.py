"""Tracking: what was tried, in MLflow. The only room that knows MLflow, and imports it only when asked."""

from redlane.settings import Settings
from redlane.tracking.run import Run, Untracked, track
from redlane.tracking.settings import TrackingSettings

REGISTRY: dict[str, type[Settings]] = {"mlflow": TrackingSettings}
"""Settings class by the ``name`` key of a file in ``conf/tracking/``."""

__all__ = ["REGISTRY", "Run", "TrackingSettings", "Untracked", "track"]
