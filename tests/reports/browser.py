"""A real browser for tests: skipped, with the reason, where none is."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from redlane.reports.printing import BROWSERS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra 'dev')")
EXECUTABLE = next((path for name in BROWSERS if (path := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(EXECUTABLE is None, reason="neither Chromium nor Chrome is installed")


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser without a window."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Any, file: Path, fragment: str = "", **settings: Any) -> Iterator[Any]:
    """A page opened from disk; it must ask for nothing else, and neither complain nor open a dialog."""
    page = browser.new_page(**settings)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri() + fragment)
    yield page
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file://", "blob:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file://")]) == 1
    page.close()
