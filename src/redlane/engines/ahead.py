"""Read ahead: the next batch is prepared while the present one is being worked on."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in the same order, each made by a second thread while the one before is in use.

    An error in making an item is raised where it would have been. Items may not be None.

    >>> list(ahead(iter([1, 2, 3])))
    [1, 2, 3]
    """
    source = iter(items)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="redlane-ahead") as pool:
        pending = pool.submit(next, source, None)
        while (item := pending.result()) is not None:
            pending = pool.submit(next, source, None)
            yield item
