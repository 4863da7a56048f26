"""Logistic regression: one coefficient per feature, to be read like a tariff."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.wide import NUMBER, Floats, Wide, WideSettings, filled
from redlane.model.learners.workshop import Workshop
from redlane.model.line import CategoryTerm, Line, NumberTerm, Term


class LogisticSettings(WideSettings):
    """Everything of ``conf/model/logistic_regression.yaml``."""

    about: ClassVar[str] = (
        "logistic regression (scikit-learn): one amount per feature, added up on the log-odds"
    )

    name: Literal["logistic_regression"] = "logistic_regression"
    lambda_l2: Annotated[float, Field(gt=0)] = 10.0
    """Pulls coefficients (per standard deviation) towards zero; 1 / C in scikit-learn's words."""
    clip: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    """Share of the training values at either end that are held at the border, so that no single amount rules."""
    iterations: Annotated[int, Field(ge=1)] = 2000


@dataclass(frozen=True)
class Standard:
    """Numbers held within borders, gaps filled with the median; behind these, a column for each that has gaps."""

    low: Floats
    high: Floats
    median: Floats
    gaps: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, matrix: Floats, wide: Wide, clip: float) -> "Standard":
        """The borders of the training rows; columns of 0 and 1 need none."""
        low, median, high = np.nanquantile(matrix, (clip, 0.5, 1 - clip), axis=0, method="nearest")
        numbers = np.array([code == NUMBER for _, code in wide.sources])
        return cls(
            np.where(numbers, low, 0.0),
            np.where(numbers, high, 1.0),
            median,
            np.asarray(np.isnan(matrix).any(axis=0), dtype=np.bool_),
        )

    def columns(self, matrix: Floats) -> Floats:
        """The columns that have a coefficient."""
        held = filled(np.clip(matrix, self.low, self.high), self.median)
        return np.hstack((held, np.isnan(matrix[:, self.gaps]).astype(np.float64)))


def learn(lesson: Lesson, settings: LogisticSettings) -> Learnt:
    """A line on the log-odds; it has no rounds and nothing to stop."""
    from sklearn.linear_model import LogisticRegression

    shop = Workshop.over(lesson, settings)
    standard = Standard.of(shop.matrix, shop.wide, settings.clip)
    columns = standard.columns(shop.matrix)
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    # What is the same on every row varies by rounding alone, and gets no coefficient.
    varies = spread > 1e-9 * np.maximum(np.abs(columns).max(axis=0), 1e-300)
    spread = np.where(varies, spread, np.inf)
    model = LogisticRegression(C=1 / settings.lambda_l2, max_iter=settings.iterations, tol=1e-6)
    with shop.alone():
        model.fit((columns - mean) / spread, lesson.rows.irregular, sample_weight=lesson.rows.weight)
    return Learnt(_line(float(model.intercept_[0]), model.coef_[0] / spread, mean, standard, shop))


def _line(base: float, coefficients: Floats, mean: Floats, standard: Standard, shop: Workshop) -> Line:
    """The terms of each feature, from the coefficients of its columns."""
    width = len(shop.wide.sources)
    gap_places = dict(zip(np.flatnonzero(standard.gaps).tolist(), range(width, len(mean)), strict=True))
    terms: list[Term | None] = []
    for feature, name in enumerate(shop.lesson.names):
        places = [place for place, (source, _) in enumerate(shop.wide.sources) if source == feature]
        if name in shop.lesson.levels:
            codes = {shop.wide.sources[place][1]: place for place in places}
            levels = shop.lesson.levels[name]
            told = [float(coefficients[codes[code]]) if code in codes else 0.0 for code in range(len(levels))]
            usual = sum(float(coefficients[place] * mean[place]) for place in places)
            terms.append(CategoryTerm(tuple(levels), tuple(told), usual) if places else None)
        elif places:
            (place,), gap = places, gap_places.get(places[0])
            terms.append(
                NumberTerm(
                    low=float(standard.low[place]),
                    high=float(standard.high[place]),
                    median=float(standard.median[place]),
                    mean=float(mean[place]),
                    coefficient=float(coefficients[place]),
                    missing=0.0 if gap is None else float(coefficients[gap]),
                    missing_share=0.0 if gap is None else float(mean[gap]),
                )
            )
        else:
            terms.append(None)
    return Line(base, tuple(terms))
