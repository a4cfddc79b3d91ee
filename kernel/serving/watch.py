"""Which source files have changed: by asking for their times, which works on every file system and needs no thread.

A process that forks must have no threads, and a thousand files take a few milliseconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

SUFFIXES: Final = frozenset(
    {".py", ".toml", ".csv", ".html", ".txt", ".po", ".js", ".mjs", ".css", ".svg", ".png", ".woff2", ".json", ".xml"}
)
SKIPPED: Final = frozenset({"node_modules", "__pycache__", "tests"})
"""Folders in which nothing changes what is served."""
BUILT: Final = "package.json"
"""A folder with this file holds sources that are built to somewhere else."""
QUIET: Final = 0.03
"""Seconds without another change after which a save counts as complete: editors write in steps."""

Seen = dict[Path, tuple[int, int]]


class Watch:
    """The files below some folders, and single files, as they were when last looked at."""

    def __init__(self, places: Iterable[Path]) -> None:
        self._places = tuple(places)
        self._seen = self._look()

    def changed(self) -> list[Path]:
        """What is new, changed or gone since the last call; waits for a save to be complete."""
        found = self._look()
        if found == self._seen:
            return []
        while True:
            time.sleep(QUIET)
            again = self._look()
            if again == found:
                break
            found = again
        changed = [path for path in found if self._seen.get(path) != found[path]]
        changed += [path for path in self._seen if path not in found]
        self._seen = found
        return sorted(changed)

    def _look(self) -> Seen:
        return {
            Path(entry.path): (entry.stat().st_mtime_ns, entry.stat().st_size)
            for place in self._places
            for entry in _files(place)
        }


def _files(place: Path) -> Iterator[os.DirEntry[str]]:
    """The files that count below a folder; a place may also be a single file, or not be there."""
    folder, only = (place, "") if place.is_dir() else (place.parent, place.name)
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if only:
            if entry.name == only:
                yield entry
        elif entry.is_dir(follow_symlinks=True):
            skipped = entry.name in SKIPPED or entry.name.startswith(".")
            if not skipped and not os.path.exists(os.path.join(entry.path, BUILT)):
                yield from _files(Path(entry.path))
        elif os.path.splitext(entry.name)[1] in SUFFIXES and os.path.exists(entry.path):
            yield entry
