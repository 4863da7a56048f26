"""``python -m redlane`` is the same as ``redlane``."""

import sys

from redlane.cli import main

if __name__ == "__main__":
    sys.exit(main())
