"""The choices of ``conf/declarations/``: how a file is written, and how the synthetic world is made."""

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"file_format": DeclarationFormat, "synthetic": SyntheticSettings}
"""Settings classes by the ``name`` a configuration file gives."""
