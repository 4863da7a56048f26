"""Learn a :class:`Model` from labelled rows: of any kind, on one period; stopping and calibration on a later one."""

from collections.abc import Sequence

from redlane.errors import RedlaneError
from redlane.features.spec import Feature
from redlane.model.calibration import fit_calibration
from redlane.model.categories import Levels, learn_levels
from redlane.model.growing import Grower
from redlane.model.learners import Lesson, learner_of
from redlane.model.matrix import MatrixColumns, check_names
from redlane.model.model import Model
from redlane.model.revenue_fitting import fit_revenue
from redlane.model.settings import ModelSettings
from redlane.model.training_data import TrainingData, together


def fit_model(
    training: TrainingData, tuning: TrainingData, specs: Sequence[Feature], settings: ModelSettings
) -> Model:
    """Fit what gives the margin, its calibration and, where amounts are known, the revenue head.

    ``tuning`` must lie after ``training`` and before any test period: it stops the growing and calibrates.
    Its outcomes are thus used twice, which flatters calibration a little on that period and nowhere else. The
    result is the same, byte for byte, whatever the order of rows and the number of threads. Weights come in
    with the data; redlane never reweights classes, so that probabilities keep their meaning.

    Raises:
        RedlaneError: a period is empty or has one outcome only, or its columns are not those of *specs*.
    """
    learn = learner_of(settings)
    training, tuning = training.canonical(), tuning.canonical()
    for period, data in (("training", training), ("tuning", tuning)):
        _check_period(period, data, specs)
    levels = _levels(training, specs, settings)
    lesson = Lesson(specs, levels, training, tuning)
    learnt = learn(lesson, settings)
    columns = MatrixColumns.read(tuning.features, lesson.names, levels)
    tuning_margin = learnt.scorer.raw(columns, settings.num_threads)
    calibration = fit_calibration(
        tuning_margin, tuning.irregular, tuning.weight, settings.calibration_min_count
    )
    if settings.refit:
        learnt = learn(lesson.again(together(training, tuning), learnt), settings)
    grower = Grower(specs, levels, settings)
    revenue = fit_revenue(grower, training, tuning, settings.revenue) if settings.revenue else None
    return Model(learnt.scorer, levels, calibration, revenue, tuple(lesson.names))


def _levels(training: TrainingData, specs: Sequence[Feature], settings: ModelSettings) -> Levels:
    return {
        spec.name: learn_levels(training.features[spec.name], settings.category_min_count)
        for spec in specs
        if spec.kind == "category"
    }


def _check_period(period: str, data: TrainingData, specs: Sequence[Feature]) -> None:
    check_names(data.features.columns, [spec.name for spec in specs])
    if len(data) == 0:
        raise RedlaneError(f"the {period} period holds no row with a known outcome; move its dates")
    if data.found in (0, len(data)):
        only = "irregular" if data.found else "regular"
        raise RedlaneError(f"all {len(data)} rows of the {period} period are {only}; it needs both outcomes")
