"""What the stages say about red flags: their hit rates on the declarations of the test period."""

import numpy as np
import pandas as pd

from redlane.declarations.periods import Mask, days
from redlane.evaluation.comparison import Rows
from redlane.evaluation.flags import flag_table
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.profiles.build import Profiles
from redlane.stages import learning
from redlane.stages.result import ResultTable


def judged_flags(
    frame: pd.DataFrame,
    test: Mask,
    judged: Rows,
    profiles: Profiles,
    features: FeatureSettings,
    settings: EvaluationSettings,
) -> pd.DataFrame:
    """The hit rates of every flag (:func:`~redlane.evaluation.flags.flag_table`); empty where there are no flags.

    *judged* are the rows of *test*, outcome known. All other declarations registered from the first to the last
    of their days are counted as well: how often a flag is raised is a question about all of them.
    """
    if not features.flags():
        return pd.DataFrame()
    registered = days(frame["registered_on"])
    span = registered[test]
    others = ~test & (registered >= span.min()) & (registered <= span.max())
    rest = learning.rows_of(frame, others, profiles, features.for_flags())
    declarations = pd.concat(
        [judged.declarations, rest.declarations.assign(irregular=np.nan)], ignore_index=True
    )
    raised = [flag.feature for flag in features.flags()]
    computed = pd.concat([judged.features[raised], rest.features[raised]], ignore_index=True)
    return flag_table(computed, declarations, features.flags(), settings)


def flag_tables(table: pd.DataFrame) -> list[ResultTable]:
    """The same for people: the flags that were raised, those of highest precision first."""
    if table.empty:
        return []
    raised = table[table["raised"] > 0].sort_values(["lift", "flag"], ascending=[False, True])
    shown = pd.DataFrame(
        {
            "flag": raised["flag"],
            "raised": raised["raised"],
            "share": [f"{value:.2%}" for value in raised["raised_share"]],
            "unknown": [f"{value:.1%}" for value in raised["not_computed_share"]],
            "inspected": raised["inspected"],
            "hits": raised["hits"],
            "precision": [
                f"{value:.3f} [{low:.3f}, {high:.3f}]" if known else "-"
                for known, value, low, high in raised[["inspected", "precision", "low", "high"]].to_numpy()
            ],
            "lift": [f"{value:.2f}" if np.isfinite(value) else "-" for value in raised["lift"]],
            "against the base rate": raised["verdict"].str.removesuffix(" the base rate"),
        }
    )
    note = (
        f"base rate {table['base_rate'].iloc[0]:.1%}; precision among the inspected; of {len(shown)} intervals about "
        f"{len(shown) * 0.05:.0f} miss by luck"
    )
    return [ResultTable("Red flags in the test period", shown, note)]
