"""What every learner but LightGBM works with: the lesson as a plain matrix, and the way back to trees."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from redlane.errors import RedlaneError
from redlane.model.learners.conversion import as_trees
from redlane.model.learners.lesson import Lesson
from redlane.model.learners.nodes import Ensemble
from redlane.model.learners.wide import Floats, Wide, WideSettings
from redlane.model.matrix import MatrixColumns
from redlane.model.settings import ModelSettings
from redlane.model.trees import Trees


@dataclass(frozen=True)
class Workshop:
    """A lesson whose rows have become a matrix."""

    lesson: Lesson
    columns: MatrixColumns
    wide: Wide
    library: str
    """What learns, with its version, for sentences about it."""

    @classmethod
    def over(cls, lesson: Lesson, settings: WideSettings) -> "Workshop":
        """The lesson's rows read, and its columns planned.

        Raises:
            RedlaneError: no feature has a value in any row, or the package that learns is not installed.
        """
        columns = MatrixColumns.read(lesson.rows.features, lesson.names, lesson.levels)
        categories = {place for place, name in enumerate(lesson.names) if name in lesson.levels}
        return cls(
            lesson, columns, Wide.over(columns, categories, settings.category_columns), library_of(settings)
        )

    @cached_property
    def matrix(self) -> Floats:
        """The rows to learn from."""
        return self.wide.matrix(self.columns)

    @cached_property
    def watched(self) -> Floats | None:
        """The later rows that stop the growing, where there are any."""
        watch, lesson = self.lesson.watch, self.lesson
        if watch is None:
            return None
        return self.wide.matrix(MatrixColumns.read(watch.features, lesson.names, lesson.levels))

    def trees(self, ensemble: Ensemble) -> Trees:
        """What was grown, as LightGBM trees.

        Raises:
            RedlaneError: they would not give the learner's own scores.
        """
        return as_trees(ensemble, self.wide, self.columns, self.lesson, self.library)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Sums of floats depend on how they are shared out: inside, libraries add up on one thread."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            yield


def package_of(settings: ModelSettings) -> Any:
    """The package that learns what *settings* describe.

    Raises:
        RedlaneError: it comes with the extra ``boosters`` and is not installed.
    """
    try:
        return import_module(settings.package)
    except ModuleNotFoundError as error:
        if error.name != settings.package:
            raise
        raise RedlaneError(
            f"model={settings.name} needs the package {settings.package}, which is not installed: "
            "pip install 'redlane[boosters]'"
        ) from None


def library_of(settings: ModelSettings) -> str:
    """The package that learns what *settings* describe, with its version.

    >>> from redlane.model.settings import LightGBMSettings
    >>> library_of(LightGBMSettings()).startswith("lightgbm 4.")
    True

    Raises:
        RedlaneError: it is not installed.
    """
    return f"{settings.package.replace('sklearn', 'scikit-learn')} {package_of(settings).__version__}"
