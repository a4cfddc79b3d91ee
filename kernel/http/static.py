"""Static files of addons under `/<addon>/static/<hash>/<path>`: cached for ever, texts gzipped once.

The hash is over the content of all files of the addon's `static/` folder, so a new edition has new
addresses. An address of another edition still gets the file, but is not to be cached.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

FOREVER = "public, max-age=31536000, immutable"
LARGEST_KEPT = 4 * 1024 * 1024
KEPT = 64 * 1024 * 1024
"""Bytes of gzipped files kept in memory by one process."""

_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_TEXTS = ("text/", "application/json", "application/manifest", "image/svg")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to be sent."""

    content: bytes
    zipped: bytes | None
    content_type: str


class StaticFiles:
    """The static files of all addons this process knows; an addon is named by its folder."""

    def __init__(self) -> None:
        self._hashes: dict[Path, str] = {}
        self._files: OrderedDict[tuple[Path, str], StaticFile] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def url(self, addon: Path, path: str) -> str:
        """The address of a file of an addon."""
        return f"/{addon.name}/static/{self.hash(addon)}/{path.lstrip('/')}"

    def hash(self, addon: Path) -> str:
        """12 hex digits over names and contents of the addon's static files; read once per process."""
        found = self._hashes.get(addon)
        if found is None:
            root = addon / "static"
            digest = hashlib.sha256()
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
            found = self._hashes[addon] = digest.hexdigest()[:12]
        return found

    def respond(self, request: Request, addon: Path, given_hash: str, path: str) -> Response:
        """The response for one file; NotFound where there is none."""
        file = self._file(addon, path)
        zip_it = file.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
        body = file.zipped if zip_it and file.zipped is not None else file.content
        response = Response(body, content_type=file.content_type)
        if zip_it:
            response.headers["Content-Encoding"] = "gzip"
        if file.zipped is not None:
            response.headers["Vary"] = "Accept-Encoding"
        current = given_hash == self.hash(addon)
        response.headers["Cache-Control"] = FOREVER if current else "no-cache"
        return response

    def _file(self, addon: Path, path: str) -> StaticFile:
        key = (addon, path)
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        file = _read(_locate(addon / "static", path))
        self._keep(key, file)
        return file

    def _keep(self, key: tuple[Path, str], file: StaticFile) -> None:
        size = len(file.content) + len(file.zipped or b"")
        if size > LARGEST_KEPT:
            return
        with self._lock:
            if key in self._files:
                return
            self._files[key] = file
            self._size += size
            while self._size > KEPT:
                _, old = self._files.popitem(last=False)
                self._size -= len(old.content) + len(old.zipped or b"")


def _locate(root: Path, path: str) -> Path:
    """The file; NotFound for what is hidden, missing, or outside."""
    parts = path.split("/")
    if any(part == "" or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        raise NotFound
    found = root.joinpath(*parts)
    if not found.is_file() or not found.resolve().is_relative_to(root.resolve()):
        raise NotFound
    return found


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    guessed = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    content_type = guessed or "application/octet-stream"
    is_text = content_type.startswith(_TEXTS)
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    zipped = gzip.compress(content, compresslevel=6, mtime=0) if is_text and len(content) > 512 else None
    if zipped is not None and len(zipped) >= len(content):
        zipped = None
    return StaticFile(content, zipped, content_type)
