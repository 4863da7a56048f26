"""A kind of profile: how a table of what was known is built, added to, kept and looked up."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import KeyHashes

Need = TypeVar("Need")
Table = TypeVar("Table")
Size = tuple[str, int, int]
"""What a part of a profile holds: its name for people, its keys, its rows."""


class Kind(ABC, Generic[Need, Table]):
    """One kind of profile. A *need* says which table of this kind: a key, or settings that can be hashed.

    A look-up may see only what was known strictly before the day it is asked for. Additions of consecutive
    deliveries, merged, are what a store holds: nothing published before is ever changed by a later delivery.
    """

    name: ClassVar[str]
    """Its field in ``ProfileNeeds``, and the beginning of its files' names."""
    doing: ClassVar[str]
    """What building it is called while it goes on."""
    reference: ClassVar[str] = ""
    """The reference table it cannot be built without, if any."""

    @abstractmethod
    def extend(self, need: Need, delivery: Delivery, earlier: Table | None) -> Table:
        """What *delivery* adds to the table held *earlier* (None: nothing was)."""

    @abstractmethod
    def merge(self, parts: Sequence[Table]) -> Table:
        """One table of consecutive additions."""

    @abstractmethod
    def write(self, stem: Path, need: Need, table: Table) -> None:
        """Write Parquet files whose names begin with *stem*."""

    @abstractmethod
    def read(self, stem: Path, need: Need) -> Table:
        """Read what :meth:`write` wrote.

        Raises:
            TypeError, LookupError, ValueError, OSError: the files hold something else.
        """

    @abstractmethod
    def before(self, table: Table, hashes: KeyHashes, days: Days, need: Need) -> Any:
        """What was known of each of n declarations strictly before its day."""

    @abstractmethod
    def columns(self, need: Need) -> tuple[str, ...]:
        """The declared columns it is built from."""

    @abstractmethod
    def words(self, need: Need) -> str:
        """The table's name for people."""

    @abstractmethod
    def stem(self, need: Need) -> str:
        """The stem of its files, different for every need."""

    @abstractmethod
    def sizes(self, need: Need, table: Table) -> list[Size]:
        """What the table holds, for people."""
