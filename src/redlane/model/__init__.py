"""Model: features to margin to probability. Learners of several kinds; one calibration, one bundle."""

from redlane.model.fitting import fit_model
from redlane.model.learners import LEARNERS
from redlane.model.model import Model
from redlane.model.settings import LightGBMSettings, ModelSettings, RevenueSettings
from redlane.model.training_data import TrainingData
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {kind.model_fields["name"].default: kind for kind in LEARNERS}
"""Settings class by the ``name`` key of a file in ``conf/model/``."""

__all__ = [
    "LEARNERS",
    "REGISTRY",
    "LightGBMSettings",
    "Model",
    "ModelSettings",
    "RevenueSettings",
    "TrainingData",
    "fit_model",
]
