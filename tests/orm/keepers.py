"""Ports of the tests: files in memory, a vault, and a change log that is a list."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from kernel.orm import AddonModels, Env, Model, ModelInfo, Registry, fields
from kernel.orm.history.restoring import Image, image_query
from kernel.orm.ports import Change, Noted
from kernel.orm.writing.literals import array_literal


class MemoryStorage:
    """Files in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.puts = 0

    def put(self, content: bytes | IO[bytes]) -> str:
        raw = content if isinstance(content, bytes) else content.read()
        self.puts += 1
        sha256 = hashlib.sha256(raw).hexdigest()
        self.files[sha256] = raw
        return sha256

    def open(self, sha256: str) -> IO[bytes]:
        if sha256 not in self.files:
            raise FileNotFoundError(sha256)
        return io.BytesIO(self.files[sha256])

    def exists(self, sha256: str) -> bool:
        return sha256 in self.files

    def delete(self, sha256: str) -> None:
        self.files.pop(sha256, None)

    def iterate(self) -> Iterator[tuple[str, float]]:
        yield from ((sha256, 0.0) for sha256 in self.files)

    def collect(self, used: Collection[str]) -> Sequence[str]:
        return [self.files.pop(sha256) and sha256 for sha256 in [*self.files] if sha256 not in used]


class ListLog:
    """Calls and changes, in order."""

    def __init__(self) -> None:
        self.calls: list[list[Change]] = []
        self.images: list[Image] = []

    @property
    def changes(self) -> list[Change]:
        return [change for call in self.calls for change in call]

    def written(self, env: Env, changes: Sequence[Change]) -> None:
        self.calls.append(list(changes))

    def deleting(self, env: Env, taken: Mapping[str, tuple[ModelInfo, Collection[int]]]) -> None:
        for name, (model, ids) in taken.items():
            for id, image in env.tx.rows(image_query(model), (array_literal(list(ids), "int8"),)):
                self.images.append(Image(name, id, image["row"], image["links"]))

    def of(self, env: Env, model: str, ids: Collection[int], limit: int) -> Sequence[Noted]:
        found = [change for change in self.changes if change.model == model and change.id in ids]
        return [Noted(change, None, datetime(2026, 1, 1, tzinfo=UTC), 1) for change in found[::-1][:limit]]

    def prune(self, env: Env) -> int:
        return 0


class Label(Model, name="keep.label", title="name"):
    """A label, itself not tracked."""

    name = fields.Char("Name", required=True)


class Folder(Model, name="keep.folder", title="name"):
    """A folder with tracked fields, a secret, a file and a picture."""

    name = fields.Char("Name", required=True, tracked=True)
    note = fields.Char("Note")
    size = fields.Decimal("Size", tracked=True)
    owner = fields.Many2one["Folder"]("keep.folder", "Within", tracked=True, ondelete="set null")
    labels = fields.Many2many(Label, "Labels", tracked=True)
    pages = fields.One2many["Page"]("keep.page", "Pages", inverse="folder")
    page_count = fields.Integer("Number of pages", stored=True, tracked=True)
    key = fields.Char("Key", secret=True, size=40, tracked=True)
    memo = fields.Text("Memo", secret=True)
    scan = fields.Binary("Scan", max_size=1000, tracked=True)
    photo = fields.Image("Photo", max_pixels=10_000)

    @page_count.compute("pages.text")
    def _compute_page_count(self) -> None:
        for folder in self:
            folder.page_count = len(folder.pages)


class Page(Model, name="keep.page", title="text"):
    """A page, deleted with its folder."""

    text = fields.Char("Text")
    folder = fields.Many2one(Folder, "Folder", required=True, ondelete="cascade")


class Branch(Model, name="keep.branch", title="name"):
    """A branch of a tree, deleted with the one above."""

    name = fields.Char("Name", tracked=True)
    parent = fields.Many2one["Branch"]("keep.branch", "Above", ondelete="cascade")
    path = fields.Char("Path", stored=True)
    friend = fields.Many2one["Branch"]("keep.branch", "Friend", ondelete="set null")
    within = fields.Char("Name of the friend", stored=True, related="friend.name")
    depth = fields.Integer("Friends of friends", stored=True)

    @depth.compute("friend.depth")
    def _compute_depth(self) -> None:
        for branch in self:
            branch.depth = branch.friend.depth + 1 if branch.friend else 0

    @path.compute("name", "parent.path")
    def _compute_path(self) -> None:
        for branch in self:
            branch.path = f"{branch.parent.path}/{branch.name}" if branch.parent else branch.name


CLASSES: tuple[type[Any], ...] = (Label, Folder, Page, Branch)


def keep_registry() -> Registry:
    """The registry of these models."""
    return Registry.build([AddonModels("keep", CLASSES)])
