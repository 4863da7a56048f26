"""The report on paper: Chromium prints the page to PDF, without a window and without a network."""

import os
import shutil
import subprocess
from pathlib import Path

from redlane.errors import RedlaneError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE_SECONDS = 600


def browser() -> str:
    """The browser that prints.

    Raises:
        RedlaneError: there is none on the search path.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise RedlaneError(
            f"--pdf needs Chromium or Chrome, and none of {', '.join(BROWSERS)} is on the PATH; leave --pdf out and "
            "print the report from any browser: each case takes a page of its own"
        )
    return found


def print_pdf(page: Path, pdf: Path, cases: int) -> None:
    """Print the file *page* (its name ends with .html) with its first *cases* case files to *pdf*.

    Raises:
        RedlaneError: the browser does not answer, fails or writes nothing.
    """
    command = [
        browser(),
        "--headless",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium's own refuses to run as root
        "--disable-gpu",
        "--disable-extensions",
        "--disable-background-networking",
        "--no-first-run",
        f"--user-data-dir={page.parent / 'browser'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
        f"{page.resolve().as_uri()}#print={cases}",
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RedlaneError(f"{command[0]} could not print the report: {error}") from None
    if done.returncode or not pdf.is_file() or not pdf.stat().st_size:
        raise RedlaneError(f"{command[0]} printed nothing (exit status {done.returncode}); leave --pdf out")
