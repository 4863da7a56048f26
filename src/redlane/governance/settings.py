"""Settings of the room: what is checked before a model is trusted, on how many rows, and where the gates lie."""

from typing import Annotated, Literal

from pydantic import Field

from redlane.evaluation.settings import Rate
from redlane.settings import Settings

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class CheckSettings(Settings):
    """Gates of the leakage and sanity checks (``docs/checks.md`` describes each).

    >>> CheckSettings.parse({"repeated_share": 2}, where="checks")
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: checks: key 'repeated_share' is 2: Input should be less than or equal to 1
    """

    enabled: bool = True
    """Look before a bundle is written; *false* leaves ``checks.json`` out of it."""
    probe: bool = True
    """Train once more on outcomes dealt anew: costs another set of profiles and a small model."""
    probe_rounds: Count = 60
    """Most rounds of that model; a leak shows in its first trees."""
    probe_deviations: Positive = 4.0
    """It fails when it ranks better than chance by so many standard deviations of chance."""
    alone_share: Share = 0.95
    """One feature may reach at most this share of the model's ROC-AUC above a half."""
    alone_least: Share = 0.8
    """Where its ROC-AUC lies below this, that is a warning: a model that finds little may rest on one feature."""
    alone_auc: Share = 0.95
    """Where there is no model yet: the most ROC-AUC one feature may have by itself."""
    repeated_share: Share = 0.2
    """More test rows that repeat the exact goods of an earlier row are a warning."""
    lookup_auc: Share = 0.9
    """On those, a look-up table may reach at most this ROC-AUC: goods tell that much, copies more."""
    same_day_share: Share = 0.5
    """More outcomes known on the day of registration are a warning."""
    duplicate_correlation: Share = 0.9999
    """Two features whose correlation reaches this are one."""
    missing_warning: Share = 0.1
    """Rise of the share of missing values from past to test that is a warning."""
    missing_failure: Share = 0.3
    """The same, where it fails."""
    unseen_warning: Share = 0.05
    """Share of test rows with a level never seen before that is a warning."""
    unseen_failure: Share = 0.3
    """The same, where it fails."""
    rate_warning: Annotated[float, Field(ge=1)] = 1.25
    """Factor between the outcome rates of two periods that is a warning, beyond what weeks explain."""
    rate_failure: Annotated[float, Field(ge=1)] = 2.0
    """The same, where it fails."""
    contradiction_warning: Share = 0.8
    """Contradictions among exact duplicates, as a share of what outcomes dealt by lot would give."""
    findings_warning: Count = 100
    """Fewer findings in the test period are a warning: intervals will be wide."""
    findings_failure: Count = 30
    """The same, where it fails: intervals mean little."""
    weeks_warning: Count = 8
    """Fewer weeks in the test period are a warning: intervals are drawn by week."""
    drift_warning: Share = 0.65
    """ROC-AUC of telling test declarations from earlier ones that is a warning; 0.5 is chance."""
    drift_failure: Share = 0.85
    """The same, where it fails."""
    drift_rows: Count = 20_000
    """Most rows that are looked at for that."""
    seed: Annotated[int, Field(ge=0)] = 11
    """Seed of every draw."""


class AssuranceSettings(Settings):
    """Sizes and gates of the tests of explanations (``docs/checks.md`` describes each)."""

    enabled: bool = True
    """Test the explanations before a bundle is written; *false* leaves ``assurance.json`` out of it."""
    retrain: bool = True
    """Train twice more, with another seed and on labels dealt anew; *false* leaves those tests out."""
    rows: Count = 400
    """Rows looked at, drawn from the top-ranked test rows."""
    top_share: Share = 0.2
    """Share of the test rows that counts as top-ranked."""
    top: Count = 4
    """Reasons compared, as many as a declaration is given."""
    steps: Count = 10
    """Facts taken away one after the other for the deletion and insertion curves."""
    random_orders: Count = 3
    """Random orders the curves are held against."""
    noise: Positive = 0.01
    """Standard deviation of the noise put on numbers, as a share of each."""
    additivity: Positive = 1e-9
    """Largest difference of the sum of contributions from the margin."""
    deletion_ratio: Positive = 5.0
    """Least drop by the first fact taken away, in units of that of a random one."""
    correlation_warning: Share = 0.7
    """Correlation of the first contribution with the drop without its fact; below, a warning."""
    seed_jaccard: Share = 0.5
    """Least overlap of the top reasons with those of a model trained with another seed."""
    seed_first_warning: Share = 0.6
    """Share of rows whose first reason stays the same; below, a warning."""
    seed_spearman: Share = 0.85
    """Least rank correlation of the scores of all test rows."""
    previous_jaccard: Share = 0.4
    """Least overlap of the top reasons with those of the previous bundle; below, a warning."""
    permuted_jaccard: Share = 0.35
    """Largest overlap of the top reasons with those of a model trained on labels dealt anew."""
    noise_jaccard: Share = 0.95
    """Least overlap of the top reasons before and after the noise."""
    mass: Share = 0.85
    """Least share of all that raised the score which the top reasons cover; below, a warning."""
    seed: Annotated[int, Field(ge=0)] = 13
    """Seed of every draw, and what is added to the model's own for the other one."""


class AblationSettings(Settings):
    """Which parts of the features are left out, and at which capacity the rest is judged (``redlane ablate``)."""

    by: Literal["family", "group"] = "family"
    """A part is a feature family, or all features of a typology group."""
    only: tuple[str, ...] = ()
    """Parts to try; none named: all."""
    alone: bool = True
    """Try each part alone as well."""
    rate: Rate = 0.05
    """Share of the declarations inspected, for precision, recall and revenue."""


class GovernanceSettings(Settings):
    """Everything of ``conf/governance/default.yaml``."""

    checks: CheckSettings = CheckSettings()
    assurance: AssuranceSettings = AssuranceSettings()
    ablation: AblationSettings = AblationSettings()
