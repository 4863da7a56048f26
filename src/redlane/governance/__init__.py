"""What a reviewer asks before approving a model."""

from redlane.governance.settings import GovernanceSettings
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"governance": GovernanceSettings}
"""The ``name:`` of a file in ``conf/governance/`` -> the class its other keys are fields of."""

__all__ = ["REGISTRY", "GovernanceSettings"]
