"""What can be tuned about every model, and about LightGBM (the words are its own: lightgbm.readthedocs.io, Parameters).

Settings of other kinds stand beside their learners, in ``model/learners/``.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from redlane.settings import Settings

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class TreeSettings(Settings):
    """The shape of one set of trees and how it is grown.

    Class imbalance is deliberately not a setting: weighting the positives up would change every probability
    and, on a ranking by margin, gains little; calibration speaks in the true rate.
    """

    learning_rate: Share = 0.05
    rounds: Count = 1500
    """Upper bound on the number of trees; early stopping usually ends sooner."""
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 100
    """Stop when the tuning period has not improved for so many rounds; 0 grows all ``rounds``."""
    num_leaves: Annotated[int, Field(ge=2, le=4096)] = 31
    max_depth: Annotated[int, Field(ge=1, le=32)] = 7
    """Depth drives the cost of explanations: 6 to 8 explains 1.4-1.8 times faster, at no visible loss."""
    min_data_in_leaf: Count = 40
    feature_fraction: Share = 0.6
    bagging_fraction: Share = 0.8
    bagging_freq: Annotated[int, Field(ge=0)] = 1
    lambda_l1: NotNegative = 0.0
    lambda_l2: NotNegative = 5.0
    min_gain_to_split: NotNegative = 0.0
    max_bin: Annotated[int, Field(ge=3, le=65535)] = 255
    cat_smooth: NotNegative = 20.0
    cat_l2: NotNegative = 20.0
    max_cat_to_onehot: Count = 4
    max_cat_threshold: Count = 32
    min_data_per_group: Count = 100

    def parameters(self) -> dict[str, Any]:
        """These settings as LightGBM parameters; rounds and stopping are arguments of training instead."""
        return {key: value for key, value in self.plain().items() if key in TREE_PARAMETERS}


TREE_PARAMETERS = frozenset(TreeSettings.model_fields) - {"rounds", "early_stopping_rounds"}


class RevenueSettings(TreeSettings):
    """The second head: revenue recovered, among rows where something was found.

    ``objective``: *tweedie* (compound Poisson-gamma, log link) fits heavy-tailed amounts with a share of
    exact zeros (findings without a duty effect); *gamma* fits strictly positive amounts only, zeros are then
    left out.
    """

    objective: Literal["tweedie", "gamma"] = "tweedie"
    tweedie_variance_power: Annotated[float, Field(gt=1, lt=2)] = 1.5
    min_findings: Count = 200
    """Fewer findings with a known amount in training: no revenue head, ``expected_revenue`` is missing."""
    learning_rate: Share = 0.05
    rounds: Count = 400
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 50
    num_leaves: Annotated[int, Field(ge=2, le=4096)] = 15
    max_depth: Annotated[int, Field(ge=1, le=32)] = 6


class ModelSettings(Settings):
    """What every kind of model has; each kind adds its own in ``model/learners/``.

    ``name`` is the kind; it travels with the settings, so that a bundle says what it holds.
    """

    about: ClassVar[str] = "a model"
    """The kind in a few words, for the model card."""
    package: ClassVar[str] = "sklearn"
    """The package that learns it."""

    name: str
    category_min_count: Count = 20
    """Category values seen on fewer training rows are treated as missing, as unseen ones are in scoring."""
    calibration_min_count: Count = 15
    """Least number of regular and of irregular rows behind each knot of the calibration curve."""
    refit: bool = True
    """Once the tuning rows have stopped the growing and calibrated, learn again from training and tuning rows.

    Calibration still comes from margins of rows the model had not seen: those of the first learning.
    """
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20240101
    num_threads: Annotated[int, Field(ge=0)] = 1
    """0: as many as OMP_NUM_THREADS or the machine allows. The model is the same whatever the number."""
    revenue: RevenueSettings | None = RevenueSettings()


class BoostedSettings(TreeSettings, ModelSettings):
    """What LightGBM models of every objective share."""

    package: ClassVar[str] = "lightgbm"

    learning_rate: Share = 0.03
    rounds: Count = 2500
    feature_fraction: Share = 0.2
    members: Annotated[int, Field(ge=1, le=100)] = 1
    """Sets of trees grown from seeds one after the other, whose mean is the model; ``rounds`` are those of each."""
    metric: Literal["binary_logloss", "average_precision", "auc"] = "average_precision"
    """What early stopping watches on the tuning period."""
    monotone: bool = False
    """Hold number features to the direction their catalogue entry states (monotone constraints)."""


class LightGBMSettings(BoostedSettings):
    """Everything of ``conf/model/lightgbm.yaml``.

    >>> LightGBMSettings.parse({"num_leaves": 63}).parameters()["num_leaves"]
    63
    """

    about: ClassVar[str] = "gradient boosted trees (LightGBM) on the log-odds"

    name: Literal["lightgbm"] = "lightgbm"
    learning_rate: Share = 0.1
    rounds: Count = 800
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 50
    members: Annotated[int, Field(ge=1, le=100)] = 4
