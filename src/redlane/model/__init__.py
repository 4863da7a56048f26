"""Model: LightGBM on the log-odds, its calibration, its revenue head, and the bundle they travel in."""

from redlane.model.fitting import fit_model
from redlane.model.model import Model
from redlane.model.settings import LightGBMSettings, RevenueSettings
from redlane.model.training_data import TrainingData
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"lightgbm": LightGBMSettings}
"""Settings class by the ``name`` key of a file in ``conf/model/``."""

__all__ = ["REGISTRY", "LightGBMSettings", "Model", "RevenueSettings", "TrainingData", "fit_model"]
