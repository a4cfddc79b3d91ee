"""Files of one tenant in a folder (the port `Storage`): `<folder>/ab/cd/abcd...`, named by their SHA-256.

A content is written beside its place, synced, and moved there: whoever finds a file finds all of it, and a file
is never written again. What no record refers to any more is collected a day after that was first noticed, so
nothing goes that a transaction under way is about to refer to. A file `<sha256>.unused` notes the moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

CHUNK = 1024 * 1024
DAY = 24 * 3600.0
SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStorage:
    """The files of one tenant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes | IO[bytes]) -> str:
        """Keep a content, on disk before this returns; its SHA-256."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(prefix=".put-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                for part in _parts(content):
                    digest.update(part)
                    file.write(part)
                file.flush()
                sha256 = digest.hexdigest()
                if not self._known(sha256):
                    os.fsync(file.fileno())
                    self._move(Path(name), self._path(sha256))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
        return sha256

    def open(self, sha256: str) -> IO[bytes]:
        """The content; FileNotFoundError where it is not there."""
        return self._path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        """Whether it is there."""
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        """Forget it; harmless where it is not there."""
        for path in (self._path(sha256), self._mark(sha256)):
            path.unlink(missing_ok=True)

    def iterate(self) -> Iterator[tuple[str, float]]:
        """(SHA-256, seconds since it was put) of every file."""
        now = time.time()
        for path in self.folder.glob("??/??/*"):
            if SHA256.fullmatch(path.name):
                with suppress(FileNotFoundError):
                    yield path.name, max(0.0, now - path.stat().st_mtime)

    def collect(self, used: Collection[str], *, after: float = DAY) -> list[str]:
        """Delete what is in nobody's use since `after` seconds; the SHA-256 of what went."""
        gone = []
        for sha256, age in self.iterate():
            mark = self._mark(sha256)
            if sha256 in used:
                mark.unlink(missing_ok=True)
            elif age >= after:
                if not mark.exists():
                    mark.touch()
                if time.time() - mark.stat().st_mtime >= after:
                    self.delete(sha256)
                    gone.append(sha256)
        self._drop_remains(after)
        return gone

    def _known(self, sha256: str) -> bool:
        """Whether it is there; then it counts as put now, and nobody collects it."""
        try:
            os.utime(self._path(sha256))
        except FileNotFoundError:
            return False
        self._mark(sha256).unlink(missing_ok=True)
        return self.exists(sha256)  # a collection may have been faster

    def _move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(source, target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _drop_remains(self, after: float) -> None:
        """What an interrupted `put` has left."""
        for path in self.folder.glob(".put-*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime >= after:
                    path.unlink()

    def _path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise FileNotFoundError(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _mark(self, sha256: str) -> Path:
        path = self._path(sha256)
        return path.with_name(f"{path.name}.unused")


def _parts(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while part := content.read(CHUNK):
        yield part
