"""A file as a value: what it is called, of which type, how large, and its bytes from where they lie."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import mimetypes
import warnings
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from PIL import Image as Pillow

    from kernel.orm.ports import Storage

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
"""What an image may be. SVG is none of them: it can carry scripts."""
MOST_PIXELS = 50_000_000
"""Pixels an image may have; each needs up to 4 bytes of memory when it is looked at."""
MOST_SIDE = 4096
"""Pixels of the longer side of what `resized` makes."""


@dataclass(frozen=True, slots=True)
class File:
    """A file. Equal are files of the same content, name and type."""

    name: str = ""
    type: str = ""
    size: int = 0
    sha256: str = ""
    width: int = 0
    """Pixels; 0 for what is no image."""
    height: int = 0
    content: bytes | None = field(default=None, repr=False, compare=False)
    """The bytes, as long as they are not in the storage."""
    upload: str = field(default="", repr=False)
    """The token of an upload, until it is written."""
    storage: Storage | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, content: bytes, name: str = "", type: str = "") -> Self:
        """A new file; without a type, that of the name."""
        kind = type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(name, kind, len(content), hashlib.sha256(content).hexdigest(), content=content)

    def open(self) -> IO[bytes]:
        """The bytes as a stream; FileNotFoundError where the storage has lost them."""
        if self.content is not None:
            return io.BytesIO(self.content)
        if self.storage is None:
            raise FileNotFoundError(f"{self.name or self.sha256}: this file has no storage")
        return self.storage.open(self.sha256)

    def read(self) -> bytes:
        """All bytes."""
        if self.content is not None:
            return self.content
        with self.open() as stream:
            return stream.read()

    def resized(self, width: int = 0, height: int = 0) -> File:
        """The image, at most so wide and high (0: as it comes), never larger than it is; a PNG or JPEG.

        ValueError for what is no image.
        """
        image = _opened(self.read(), MOST_PIXELS)
        form = "JPEG" if image.format == "JPEG" else "PNG"
        image.thumbnail((_side(width), _side(height)))
        if image.mode not in ("RGB", "RGBA", "L"):
            image = image.convert("RGBA" if form == "PNG" else "RGB")
        out = io.BytesIO()
        image.save(out, form, quality=85)
        made = File.of(out.getvalue(), self.name, FORMATS[form])
        return dataclasses.replace(made, width=image.width, height=image.height)

    def within(self, storage: Storage | None) -> File:
        """The same file, reading from a storage."""
        return dataclasses.replace(self, storage=storage)

    def stored(self, sha256: str) -> File:
        """The same file, its bytes being in the storage."""
        return dataclasses.replace(self, sha256=sha256, content=None, upload="", storage=None)

    def as_json(self) -> dict[str, Any]:
        """Name, type, size and hash; width and height of an image."""
        found: dict[str, Any] = {"name": self.name, "type": self.type, "size": self.size, "sha256": self.sha256}
        return {**found, "width": self.width, "height": self.height} if self.width else found


def measure(file: File, max_pixels: int) -> File:
    """The image with its true type, width and height; ValueError where it is none, broken or too large."""
    image = _opened(file.read(), max_pixels)
    kind = FORMATS[image.format or ""]
    return dataclasses.replace(file, type=kind, width=image.width, height=image.height)


def _opened(content: bytes, max_pixels: int) -> Pillow.Image:
    """The decoded image. The size is looked at before anything is decoded: a small file can hold a huge picture."""
    from PIL import Image as Pillow  # noqa: PLC0415 - 10 ms that only processes with pictures should pay

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Pillow.open(io.BytesIO(content), formats=tuple(FORMATS))
            pixels = image.width * image.height
            if pixels > max_pixels:
                text = f"the image has {image.width} x {image.height} pixels"
                raise ImageError(f"{text}, {max_pixels / 1e6:.0f} million in all fit")
            image.load()
    except ImageError:
        raise
    except Pillow.DecompressionBombError:
        raise ValueError(f"the image has too many pixels, {max_pixels / 1e6:.0f} million fit") from None
    except (OSError, ValueError, SyntaxError):
        raise ValueError(f"this is no image that can be shown; {', '.join(FORMATS)} can") from None
    return image


class ImageError(ValueError):
    """An image that is too large."""


def _side(wanted: int) -> int:
    return min(wanted, MOST_SIDE) if wanted > 0 else MOST_SIDE
