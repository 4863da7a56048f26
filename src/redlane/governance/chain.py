"""Decisions in a chain: each entry holds the hash of the one before, so that none is changed or taken out unnoticed.

``promotions.jsonl`` lies beside the bundles, one decision a line; ``champion.json`` names the champion, and how many
decisions there are with the hash of the last. An entry that was edited, deleted, moved or put in breaks the chain; one
cut off at the end no longer fits ``champion.json``. Who can write both files can rewrite all of history: keep the hash
of the last decision elsewhere as well (it is printed, and MLflow has it).
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import canonical_json, disk_errors, read_json, sha256_text, write_json, write_text

CHAIN, CHAMPION = "promotions.jsonl", "champion.json"
START = "0" * 64
"""What the first entry names as the hash of the one before."""


@dataclass(frozen=True)
class Chain:
    """The decisions of one folder of bundles, oldest first; ``champion`` is name and id of the bundle in charge."""

    folder: Path
    entries: tuple[Mapping[str, Any], ...] = ()
    champion: Mapping[str, str] | None = None

    @property
    def head(self) -> str:
        """The hash of the last decision."""
        return str(self.entries[-1]["hash"]) if self.entries else START

    def was_champion(self, bundle_id: str) -> bool:
        """Whether the bundle has been promoted before."""
        return any(each["promoted"] and each["bundle_id"] == bundle_id for each in self.entries)

    def add(self, decision: Mapping[str, Any]) -> "Chain":
        """Write one more decision (with *bundle*, *bundle_id*, *promoted*); a promoted bundle is champion then.

        It follows the last decision of that moment: those that joined since the chain was read stay. One process at a
        time writes.

        Raises:
            RedlaneError: since the chain was read, another bundle became champion, and *decision* does not know it.
        """
        with _alone(self.folder):
            now = _read(self.folder)
            if now.champion != self.champion:
                raise RedlaneError(
                    f"while {decision['bundle']} was judged, {(now.champion or {}).get('bundle')} became champion of "
                    f"{self.folder}; nothing was recorded: promote again, to be held against it"
                )
            return now._with(decision)

    def _with(self, decision: Mapping[str, Any]) -> "Chain":
        entry = linked(decision, len(self.entries) + 1, self.head)
        entries = (*self.entries, entry)
        champion = self.champion
        if decision["promoted"]:
            champion = {"bundle": str(decision["bundle"]), "bundle_id": str(decision["bundle_id"])}
        grown = Chain(self.folder, entries, champion)
        write_text(self.folder / CHAIN, "".join(canonical_json(each) + "\n" for each in entries))
        write_json(
            self.folder / CHAMPION, {"champion": champion, "decisions": len(entries), "head": grown.head}
        )
        return grown


def linked(decision: Mapping[str, Any], sequence: int, previous: str) -> dict[str, Any]:
    """A decision as an entry of the chain, with its own hash.

    >>> first = linked({"promoted": True}, 1, START)
    >>> linked({"promoted": False}, 2, first["hash"])["previous"] == first["hash"]
    True
    """
    entry = {**decision, "sequence": sequence, "previous": previous}
    return {**entry, "hash": sha256_text(canonical_json(entry))}


def read_chain(folder: Path) -> Chain:
    """The decisions beside the bundles of *folder*, every link checked; none where nothing was decided yet.

    Raises:
        RedlaneError: an entry was changed, removed, moved or added, naming the first that does not fit.
    """
    if not folder.is_dir():
        return Chain(folder)
    with _alone(folder):
        return _read(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes' decisions off *folder*: the two files of the chain change together."""
    import fcntl

    with disk_errors(folder / CHAIN):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _read(folder: Path) -> Chain:
    path, pointer = folder / CHAIN, folder / CHAMPION
    if not path.exists() and not pointer.exists():
        return Chain(folder)
    entries = _entries(path)
    previous = START
    for sequence, entry in enumerate(entries, 1):
        bare = {key: value for key, value in entry.items() if key not in ("hash", "sequence", "previous")}
        if entry != linked(bare, sequence, previous):
            raise RedlaneError(
                f"{path}: decision {sequence} does not follow from those before it: it or one before it was changed, "
                f"removed or moved"
            )
        previous = str(entry["hash"])
    chain = Chain(folder, tuple(entries), _champion(entries))
    told = {"champion": chain.champion, "decisions": len(entries), "head": chain.head}
    if read_json(pointer) != told:
        raise RedlaneError(
            f"{pointer} does not fit {path}: {len(entries)} decisions are there, the last {chain.head[:16]}…; "
            f"decisions were cut off, or the champion was named by hand"
        )
    return chain


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
    except OSError as error:
        raise RedlaneError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise RedlaneError(f"{path} holds a line that is no decision: it was changed") from None
    if not all(
        isinstance(entry, dict) and {"promoted", "bundle", "bundle_id"} <= entry.keys() for entry in found
    ):
        raise RedlaneError(f"{path} holds a line that is no decision: it was changed")
    return found


def _champion(entries: list[dict[str, Any]]) -> dict[str, str] | None:
    promoted = [entry for entry in entries if entry["promoted"]]
    if not promoted:
        return None
    return {"bundle": str(promoted[-1]["bundle"]), "bundle_id": str(promoted[-1]["bundle_id"])}
