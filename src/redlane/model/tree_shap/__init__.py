"""Exact path-dependent Tree SHAP of LightGBM models, many rows at a time.

Lundberg, Erion, Lee: Consistent individualized feature attribution for tree ensembles (2018) defines the values.
How a row fares in a tree is a pattern of yes and no; what each pattern adds is worked out once per group of
leaves and looked up for every row.
"""

from redlane.model.tree_shap.evaluation import TreeShap, adds_up
from redlane.model.tree_shap.parsing import NotExplainedHereError

__all__ = ["NotExplainedHereError", "TreeShap", "adds_up"]
