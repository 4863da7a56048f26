"""Write the generated pages of ``docs/`` anew: ``make docs``. Tests compare them with the code."""

from pathlib import Path

import yaml

from redlane.declarations.document import columns_page
from redlane.declarations.rejects import catalogue_page
from redlane.features.catalogue import FeatureSettings
from redlane.features.document import features_page
from redlane.features.flags.document import flags_page
from redlane.features.flags.flag import FlagSettings
from redlane.governance.document import checks_page
from redlane.io.files import write_text

DOCS = Path(__file__).parent


def main() -> None:
    """Write every page."""
    values = yaml.safe_load((DOCS.parent / "conf" / "features" / "default.yaml").read_text())
    del values["name"]
    write_text(DOCS / "features.md", features_page(FeatureSettings.parse(values), "default"))
    flags = yaml.safe_load((DOCS.parent / "conf" / "flags" / "default.yaml").read_text())
    catalogue = FlagSettings.parse({"catalogue": flags["catalogue"]}).catalogue
    write_text(DOCS / "red-flags.md", flags_page(tuple(catalogue.values()), "default"))
    write_text(DOCS / "columns.md", columns_page())
    write_text(DOCS / "reject-codes.md", catalogue_page())
    write_text(DOCS / "checks.md", checks_page())


if __name__ == "__main__":
    main()
