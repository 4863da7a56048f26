"""What a scoring run leaves behind: scores, rejects and a manifest, whole or not at all.

``--out`` may be a folder (``scores.parquet``, ``rejects.parquet``, ``manifest.json`` in it) or a file
``NAME.parquet`` or ``NAME.csv``, beside which ``NAME.rejects.…`` and ``NAME.manifest.json`` appear. The manifest
comes last: where there is none, nothing was delivered.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import read_json, sha256_file

SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True)
class Delivery:
    """Where the three files of a run go."""

    scores: Path
    rejects: Path
    manifest: Path

    @classmethod
    def at(cls, out: Path) -> "Delivery":
        """The files that *out* means.

        Raises:
            RedlaneError: its ending is neither of a folder nor .parquet nor .csv.

        >>> Delivery.at(Path("scores/night.csv")).manifest.name
        'night.manifest.json'
        """
        if not out.suffix or out.is_dir():
            return cls(out / "scores.parquet", out / "rejects.parquet", out / "manifest.json")
        if out.suffix not in SUFFIXES:
            raise RedlaneError(
                f"--out {out} ends with '{out.suffix}'; give a folder, or a file .parquet or .csv"
            )
        stem = out.name.removesuffix(out.suffix)
        return cls(out, out.with_name(f"{stem}.rejects{out.suffix}"), out.with_name(f"{stem}.manifest.json"))

    def refuse_overlap(self, source: Path) -> None:
        """Refuse to write over the file that is being scored.

        Raises:
            RedlaneError: one of the outputs is the input.
        """
        for path in (self.scores, self.rejects, self.manifest):
            if path.exists() and path.samefile(source):
                raise RedlaneError(f"{source} would be overwritten by the scores; give another --out")


def previous_manifest(manifest: Path) -> dict[str, Any] | None:
    """Name and SHA-256 of the latest earlier manifest in the same folder: manifests form a chain.

    The latest is the one no other names as its previous; None where there is none yet.
    """
    found = {path: sha256_file(path) for path in sorted(manifest.parent.glob("*manifest.json"))}
    named = {(read_json(path).get("previous") or {}).get("sha256") for path in found}
    heads = [path for path, sha in found.items() if sha not in named]
    if not heads:
        return None
    latest = max(heads, key=lambda path: (path.stat().st_mtime_ns, path.name))
    return {"file": latest.name, "sha256": found[latest]}
