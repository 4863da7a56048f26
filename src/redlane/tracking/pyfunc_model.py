"""The script inside a logged MLflow model: loads the bundle beside it, scores a frame of features.

Not for import by redlane: MLflow copies this file into the model and runs it there.
"""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from redlane.model.bundle import read_bundle


class BundleModel(PythonModel):
    """Features in; ``margin`` and ``probability`` out."""

    def load_context(self, context: Any) -> None:
        """Read the bundle, every hash checked."""
        self.model = read_bundle(Path(context.artifacts["bundle"])).model

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """One row per row of *model_input*, in its order and with its index."""
        margin = self.model.margin(model_input)
        scores = {"margin": margin, "probability": self.model.probability(margin)}
        return pd.DataFrame(scores, index=model_input.index)


set_model(BundleModel())
