"""The page on columns is what the code says."""

from pathlib import Path

from redlane.declarations.columns import COLUMNS
from redlane.declarations.document import columns_page

PAGE = Path(__file__).parents[2] / "docs" / "columns.md"


def test_the_page_in_docs_is_up_to_date() -> None:
    assert PAGE.read_text() == columns_page()


def test_every_column_is_on_it_once() -> None:
    page = columns_page()
    assert all(page.count(f"| `{name}` |") == 1 for name in COLUMNS)
