"""A batch is gone from memory when its features are made: nothing waits for the garbage collector."""

import gc
import weakref

from redlane.features.catalogue import build, facts
from redlane.features.view import View


def test_no_view_outlives_its_batch(trained, monkeypatch):
    from redlane.features.catalogue import FeatureSettings
    from redlane.model.bundle import read_bundle
    from redlane.profiles.store import open_store

    features = FeatureSettings.parse(read_bundle(trained.bundle).configured("features"))
    profiles = open_store(trained.profiles)
    seen, begun = [], View.__init__

    def watched(self, *arguments):
        begun(self, *arguments)
        seen.append(weakref.ref(self))

    monkeypatch.setattr(View, "__init__", watched)
    gc.collect()
    gc.disable()
    try:
        build(trained.new, profiles, features)
        facts(trained.new.head(20), profiles, features)
    finally:
        gc.enable()
    assert len(seen) == 2
    assert [view() for view in seen] == [None, None]
