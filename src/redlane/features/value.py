"""Amounts and unit prices."""

from redlane.features.amounts import Amounts, trailing_zeros
from redlane.features.unit_price import UnitPrice

__all__ = ["Amounts", "UnitPrice", "trailing_zeros"]
