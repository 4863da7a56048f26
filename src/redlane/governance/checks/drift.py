"""A check of drift: can test declarations be told from earlier ones?"""

import numpy as np
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.evaluation.truth import Floats
from redlane.governance.check import Check, NotApplicableError, Verdict, judged
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study

ADVERSARIAL = Check(
    "RL15",
    "Test declarations look like earlier ones",
    "A small forest learns from half of the labelled rows, by their declared columns without ids of "
    "parties, which are of the test period, and is judged on the other half: the ROC-AUC of telling the "
    "periods apart.",
    "What can be told apart has changed: other goods, codes, units or offices. The model ranks rows of a "
    "kind it has not learnt from.",
    "See which columns tell the periods apart, whether that is trade or a fault of delivery, and train on "
    "younger rows.",
    "Declarations of the test period cannot be told from those learnt from.",
)

_LEAST_ROWS, _RARE = 200, 20


def adversarial(study: Study, settings: CheckSettings) -> Verdict:
    """How well the periods can be told apart, and by which column."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score

    table = pd.concat([study.past.declarations, study.test.declarations], ignore_index=True)
    later = np.arange(len(table)) >= len(study.past.declarations)
    rng = np.random.Generator(np.random.PCG64(settings.seed))
    rows = rng.permutation(len(table))[: settings.drift_rows]
    if min(later[rows].sum(), (~later[rows]).sum()) < _LEAST_ROWS:
        raise NotApplicableError(f"One of the periods has fewer than {_LEAST_ROWS} labelled rows.")
    matrix, names = _matrix(table.iloc[rows])
    if not names:
        raise NotApplicableError("No column is declared that is neither an id nor a date.")
    half = len(rows) // 2
    forest = RandomForestClassifier(100, min_samples_leaf=20, random_state=settings.seed, n_jobs=1)
    forest.fit(matrix[:half], later[rows][:half])
    area = float(roc_auc_score(later[rows][half:], forest.predict_proba(matrix[half:])[:, 1]))
    name = names[int(np.argmax(forest.feature_importances_))]
    sentence = (
        f"Test rows are told from earlier ones with a ROC-AUC of {area:.3f} (0.5 is chance), most by {name}."
    )
    outcome = judged(area, warn=settings.drift_warning, fail=settings.drift_failure)
    return Verdict(outcome, sentence, area, bound=settings.drift_failure)


def _matrix(table: pd.DataFrame) -> tuple[Floats, list[str]]:
    """Declared columns as numbers: codes numbered by how often they occur, rare ones together, missing as -1."""
    columns: dict[str, Floats] = {}
    for name in table:
        column = COLUMNS[str(name)]
        if column.role != "declared" or column.sensitivity != "open" or column.kind in ("date", "text"):
            continue
        if column.kind in ("number", "flag"):
            columns[str(name)] = np.nan_to_num(table[name].to_numpy("float64", na_value=np.nan), nan=-1.0)
        else:
            counts = table[name].value_counts(sort=False).sort_index().sort_values(kind="stable")
            numbered = pd.Series(np.arange(len(counts), dtype=np.float64), index=counts.index)
            numbered[counts < _RARE] = 0.0
            columns[str(name)] = table[name].map(numbered).fillna(-1.0).to_numpy().astype(np.float64)
    return np.column_stack([np.empty((len(table), 0)), *columns.values()]), list(columns)
