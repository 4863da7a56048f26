"""Tests of the explanations: do the reasons add up, move the score, and stay the same where nothing changed?"""
