"""Tuning: which settings would have done best on the past, judged on folds that lie in time, before the test period."""
