"""The schemes planted over honest trade, one function per typology."""

from redlane.declarations.synthetic.schemes.planting import PLANTS, plant

__all__ = ["PLANTS", "plant"]
