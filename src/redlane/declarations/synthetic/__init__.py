"""Synthetic declarations: a small world of trade with planted schemes and an imperfect customs service."""

from redlane.declarations.synthetic.generate import generate, generate_week
from redlane.declarations.synthetic.settings import SyntheticSettings, TypologyShares
from redlane.declarations.synthetic.world import World, build_world

__all__ = ["SyntheticSettings", "TypologyShares", "World", "build_world", "generate", "generate_week"]
