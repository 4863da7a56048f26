"""What a stage leaves behind: whole or not at all, and never in place of something it did not write.

``--out`` of a scoring run may be a folder (``scores.parquet``, ``rejects.parquet``, ``manifest.json`` in it) or a
file ``NAME.parquet`` or ``NAME.csv``, beside which ``NAME.rejects.…`` and ``NAME.manifest.json`` appear. The
manifest comes last: where there is none, nothing was delivered.
"""

import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import disk_errors, read_json, sha256_file, sync
from redlane.model.bundle import CALIBRATION, CARD, CONFIGURATION, DOCUMENTS, FEATURES, GOLDEN, REVENUE, TREES

SUFFIXES = (".parquet", ".csv")

BUNDLE = ("manifest.json", TREES, REVENUE, CALIBRATION, FEATURES, CONFIGURATION, CARD, GOLDEN, *DOCUMENTS)
PROFILES = ("manifest.json", "segment_*")
EVALUATION = ("evaluation.json", "*.parquet", "*.png")
TUNING = ("study.db", "study.db-*", "trials.parquet", "tuning.json", "*.png")
"""What a folder of each kind may hold, as patterns; the first one it always holds."""


@dataclass(frozen=True)
class Delivery:
    """Where the three files of a scoring run go."""

    scores: Path
    rejects: Path
    manifest: Path

    @classmethod
    def at(cls, out: Path) -> "Delivery":
        """The files that *out* means.

        Raises:
            RedlaneError: its ending is neither of a folder nor .parquet nor .csv, or the disk has no such names.

        >>> Delivery.at(Path("scores/night.csv")).manifest.name
        'night.manifest.json'
        """
        with disk_errors(out):
            is_folder = not out.suffix or stat.S_ISDIR(_mode(out))
        if is_folder:
            return cls(out / "scores.parquet", out / "rejects.parquet", out / "manifest.json")
        if out.suffix not in SUFFIXES:
            raise RedlaneError(
                f"--out {out} ends with '{out.suffix}'; give a folder, or a file .parquet or .csv"
            )
        stem = out.name.removesuffix(out.suffix)
        return cls(out, out.with_name(f"{stem}.rejects{out.suffix}"), out.with_name(f"{stem}.manifest.json"))

    @property
    def files(self) -> tuple[Path, Path, Path]:
        """The three, the manifest last."""
        return self.rejects, self.scores, self.manifest

    def refuse_overlap(self, source: Path, *folders: Path) -> None:
        """Refuse to write over the file that is being scored, or into the *folders* it is scored with.

        Raises:
            RedlaneError: one of the outputs is the input, no file, or inside one of *folders*.
        """
        sealed = {folder.resolve(): folder for folder in folders}
        for path in self.files:
            with disk_errors(path):
                mode = _mode(path)
            if mode and not stat.S_ISREG(mode):
                kind = "a folder" if stat.S_ISDIR(mode) else "no plain file"
                raise RedlaneError(f"{path} is {kind}; the scores cannot take its place")
            if mode and path.samefile(source):
                raise RedlaneError(f"{source} would be overwritten by the scores; give another --out")
            for parent in {path.resolve(), *path.resolve().parents} & set(sealed):
                raise RedlaneError(f"{path} would lie inside {sealed[parent]}; give another --out")

    @contextmanager
    def unfinished(self) -> "Iterator[Delivery]":
        """The same files in a hidden folder beside their places, which they take when the block ends well.

        A manifest of an earlier run goes before the files it speaks of are replaced, so that a manifest never
        stands beside files of another run; when the block raises, everything stays as it was.

        Raises:
            RedlaneError: the disk refuses.
        """
        folder = self.scores.parent
        with disk_errors(self.scores), _made(folder):
            prefix = f".{self.scores.name[:80]}."
            with tempfile.TemporaryDirectory(prefix=prefix, suffix=".tmp", dir=folder) as name:
                hidden = [Path(name) / path.name for path in (self.scores, self.rejects, self.manifest)]
                try:
                    yield Delivery(*hidden)
                except RedlaneError as error:
                    raise RedlaneError(str(error).replace(name, str(folder))) from error
                self.manifest.unlink(missing_ok=True)
                for path in self.files:
                    (Path(name) / path.name).replace(path)
            sync(folder)


def _mode(path: Path) -> int:
    """What stands at *path*, as :func:`os.stat` says it; 0 for nothing.

    Raises:
        OSError: the name is too long, or a link leads to itself.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except ValueError as error:
        raise OSError(str(error)) from None


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """*folder*, made where it was not there; where the block raises, what was made is taken away again."""
    absent = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):  # somebody else has put something there meanwhile
            for path in absent:
                path.rmdir()
        raise


def previous_manifest(manifest: Path) -> dict[str, Any] | None:
    """Name and SHA-256 of the latest earlier score manifest in the same folder: manifests form a chain.

    The latest is the one no other names as its previous; None where there is none yet.

    Raises:
        RedlaneError: a file with a manifest's name is not JSON.
    """
    near = [*manifest.parent.glob("manifest.json"), *sorted(manifest.parent.glob("*.manifest.json"))]
    files = [path for path in near if path.is_file()]
    found = {path: content for path in files if _is_ours(content := read_json(path))}
    hashes = {path: sha256_file(path) for path in found}
    named = {(content["previous"] or {}).get("sha256") for content in found.values()}
    heads = [path for path, sha in hashes.items() if sha not in named]
    if not heads:
        return None
    latest = max(heads, key=lambda path: (path.stat().st_mtime_ns, path.name))
    return {"file": latest.name, "sha256": hashes[latest]}


def _is_ours(content: Any) -> bool:
    """Other programs, and other stages, call their files manifest.json too."""
    if not isinstance(content, dict) or not {"bundle_id", "outputs", "previous"} <= content.keys():
        return False
    return content["previous"] is None or isinstance(content["previous"], dict)


def refuse_replacing(folder: Path, kind: tuple[str, ...], *inputs: Path) -> None:
    """Refuse to replace a folder that is not of the given *kind*: it may hold what nobody can bring back.

    A folder that is absent, empty, or holds only what an earlier run of the same stage wrote may be replaced.

    Raises:
        RedlaneError: *folder* is something else, or holds one of the *inputs*.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RedlaneError(f"{folder} is no folder of its own; give another place")
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    strange = [name for name in names if not any(fnmatch(name, pattern) for pattern in kind)]
    if strange or (names and kind[0] not in names):
        raise RedlaneError(
            f"{folder} holds other files ({(strange or names)[0]}) and would be replaced; give a folder of its own"
        )
    for path in inputs:
        if folder.resolve() in (path.resolve(), *path.resolve().parents):
            raise RedlaneError(
                f"{path} lies in {folder}, which would be replaced; give {folder} another place"
            )
