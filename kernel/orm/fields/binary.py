"""Files and images: the column says what the file is, its bytes lie in the storage of the tenant."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import TYPE_CHECKING, Any, Unpack

from kernel.errors import DeveloperError, ValidationError
from kernel.orm.fields.base import Field, Options
from kernel.orm.fields.file import MOST_PIXELS, File, measure

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.ports import Ports
    from kernel.orm.registry.registry import Bound

LARGEST = 25 * 1024 * 1024
"""Bytes of a file, where the field does not say otherwise."""
UPLOAD_PURPOSE = "upload"
UPLOAD_LIFE = 12 * 3600
"""Seconds in which an upload can be written to a record; less than what the collection of files waits."""


class Binary(Field[File | None]):
    """A file of at most `max_size` bytes: None, or a `File` with name, type, size, sha256 and `read()`."""

    type = "binary"
    sql_type = "jsonb"
    exact = File
    prefetch = True
    orderable = False

    def __init__(self, label: str = "", *, max_size: int = LARGEST, **options: Unpack[Options]) -> None:
        super().__init__(label, **options)
        self.max_size = max_size

    if TYPE_CHECKING:  # the bytes alone are enough

        def __set__(self, record: Model, value: File | bytes | None) -> None: ...

    def accept(self, value: File) -> File:
        if value.size > self.max_size:
            raise ValueError(f"the file has {_mega(value.size)}, {_mega(self.max_size)} fit")
        return value

    def coerce(self, value: Any) -> File:
        if isinstance(value, bytes):
            return File.of(value)
        raise TypeError(f"a {type(value).__name__} is no file; give bytes or File.of(bytes, name)")

    def keep(self, value: File, bound: Bound, id: int, ports: Ports) -> File:
        """Put the bytes into the storage, before the row is written."""
        storage = ports.storage
        if storage is None:
            raise DeveloperError(f"{bound!r}: there is no storage for files.", hint="Give the env a port `storage`.")
        try:
            if value.upload:
                value = self.accept(_uploaded(value, ports))
            if value.content is not None:
                return self.checked(value).stored(storage.put(value.content))
            if not storage.exists(value.sha256):
                raise ValueError("its content is no longer there, upload it again")
            return self.checked(value.within(storage)).stored(value.sha256)
        except ValueError as reason:
            raise self._invalid(bound, id, reason) from None

    def checked(self, value: File) -> File:
        """The file, its content looked at; ValueError where it is not what the field takes."""
        return value

    def present(self, value: File | None, record: Model) -> File | None:
        return None if value is None else value.within(record.env.ports.storage)

    def from_sql(self, value: Any) -> File:
        return File(**{name: value[name] for name in _COLUMNS if name in value})

    def to_sql(self, value: File) -> Any:
        return value.as_json()

    def to_wire(self, value: File | None) -> Any:
        return None if value is None else value.as_json()

    def locate(self, wire: Any, model: str, id: Any) -> Any:
        """The wire form with the address of the content."""
        return {**wire, "url": f"/file/{model}/{id}/{self.name}"} if wire and isinstance(id, int) else wire

    def from_wire(self, value: Any, bound: Bound) -> Any:
        """null, {"upload": token} or {"name": ..., "data": base64}; a file is never named by its hash."""
        if value is None:
            return None
        try:
            if not isinstance(value, dict) or not {"upload", "data"} & value.keys():
                raise ValueError('a file is sent as {"upload": token} or {"name": ..., "data": base64}')
            name, type_ = clean_name(_text(value, "name")), _text(value, "type")
            if "upload" in value:
                return File(name=name, type=type_, upload=_text(value, "upload"))
            content = base64.b64decode(_text(value, "data"), validate=True)
        except (binascii.Error, ValueError) as reason:
            raise self._invalid(bound, None, reason) from None
        return self.convert(File.of(content, name, type_), bound)

    def _invalid(self, bound: Bound, id: int | None, reason: Exception) -> ValidationError:
        text = f"{bound.model.label}, {self.label}: {reason}."
        return ValidationError(text, record=(bound.model.name, id), field=self.name)


class Image(Binary):
    """A picture (PNG, JPEG, GIF, WebP): checked and measured; `File.resized(width, height)` makes it smaller."""

    type = "image"

    def __init__(
        self,
        label: str = "",
        *,
        max_size: int = LARGEST,
        max_pixels: int = MOST_PIXELS,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(label, max_size=max_size, **options)
        self.max_pixels = max_pixels

    def checked(self, value: File) -> File:
        return value if value.width and value.content is None else measure(value, self.max_pixels)


_COLUMNS = ("name", "type", "size", "sha256", "width", "height")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/\u2028\u2029\u202a-\u202e\u2066-\u2069]')


def clean_name(name: str) -> str:
    """The name of a file without folders, control characters and what turns the direction of a text."""
    return _UNSAFE.sub("", re.split(r"[/\\]", name)[-1]).strip(". ")[-200:]


def upload_token(ports: Ports, sha256: str, size: int, name: str, type_: str) -> str:
    """What a client writes to a field after it has sent the bytes; for this tenant, and for `UPLOAD_LIFE`."""
    if ports.secrets is None:
        raise DeveloperError("Uploads need a port `secrets`, which signs them.")
    facts = {"sha256": sha256, "size": size, "name": name, "type": type_, "until": time.time() + UPLOAD_LIFE}
    return ports.secrets.seal(json.dumps(facts), UPLOAD_PURPOSE)


def _uploaded(value: File, ports: Ports) -> File:
    """The file that an upload stands for; ValueError for a token that is not ours, or too old."""
    if ports.secrets is None:
        raise ValueError("uploads are not taken here")
    try:
        facts = json.loads(ports.secrets.open(value.upload, UPLOAD_PURPOSE))
    except ValueError:
        raise ValueError("this upload is not known, upload the file again") from None
    if facts["until"] < time.time():
        raise ValueError("this upload is too old, upload the file again")
    return File(value.name or facts["name"], facts["type"], facts["size"], facts["sha256"])


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name, "")
    if not isinstance(found, str):
        raise ValueError(f"{name} is a text")
    return found


def _mega(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"
