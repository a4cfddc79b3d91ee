"""Files and images: the bytes in the storage before the row, the value an immutable `File`."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image as Pillow

from kernel.errors import DeveloperError, ValidationError
from kernel.orm import Command, Ports
from kernel.orm.fields import File
from kernel.orm.fields.binary import clean_name, upload_token
from kernel.orm.registry.describe import describe
from tests.orm.keepers import Folder, Page
from tests.orm.keeping import Keep, keep, keep_database

__all__ = ["keep", "keep_database"]


def picture(width: int = 40, height: int = 20, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (width, height), "teal").save(out, form)
    return out.getvalue()


@pytest.fixture
def folder(keep: Keep) -> Folder:
    return keep.env[Folder].create({"name": "a"})


def test_unset_is_none_and_bytes_become_a_file(keep: Keep, folder: Folder) -> None:
    assert folder.scan is None
    folder.scan = b"hello"
    assert folder.scan is not None
    assert folder.scan.read() == b"hello"
    keep.env.invalidate()
    assert (folder.scan.size, folder.scan.type, folder.scan.read()) == (5, "application/octet-stream", b"hello")


def test_the_bytes_are_stored_at_the_flush_and_once(keep: Keep, folder: Folder) -> None:
    folder.scan = File.of(b"hello", "a.txt")
    assert keep.storage.puts == 0
    keep.env.flush()
    assert [*keep.storage.files.values()] == [b"hello"]
    assert folder.scan is not None
    assert folder.scan.content is None  # memory is free again
    keep.env.flush()
    assert keep.storage.puts == 1


def test_a_loop_over_files_asks_the_database_once(keep: Keep) -> None:
    made = keep.env[Folder].create([{"name": f"f{n}", "scan": f"{n}".encode()} for n in range(20)])
    keep.env.invalidate()
    before = keep.tx.statements
    assert [folder.scan.read() for folder in made if folder.scan] == [f"{n}".encode() for n in range(20)]
    assert keep.tx.statements - before == 1


def test_an_equal_file_writes_nothing_and_a_copy_shares_the_content(keep: Keep, folder: Folder) -> None:
    folder.scan = File.of(b"hello", "a.txt")
    keep.env.flush()
    before = keep.tx.statements
    folder.scan = File.of(b"hello", "a.txt")
    keep.env.flush()
    assert keep.tx.statements == before
    twin = folder.copy()
    keep.env.flush()
    assert twin.scan == folder.scan
    assert keep.storage.puts == 1


def test_a_file_can_be_unset_and_found_by_that(keep: Keep, folder: Folder) -> None:
    full = keep.env[Folder].create({"name": "b", "scan": b"x"})
    assert keep.env[Folder].search(Folder.scan == None) == folder  # noqa: E711
    assert keep.env[Folder].search(Folder.scan != None) == full  # noqa: E711
    full.scan = None
    assert not keep.env[Folder].search(Folder.scan != None)  # noqa: E711


def test_on_the_wire_a_file_has_an_address_and_never_its_bytes(keep: Keep, folder: Folder) -> None:
    folder.scan = File.of(b"hello", "a.txt")
    keep.env.flush()
    wire = folder.read(["scan", "photo"])[0]
    assert wire["scan"].pop("sha256") in keep.storage.files
    assert wire["scan"] == {
        "name": "a.txt",
        "type": "text/plain",
        "size": 5,
        "url": f"/file/keep.folder/{folder.id}/scan",
    }
    assert wire["photo"] is None
    keep.env.invalidate()
    found = keep.env[Folder].search_read(Folder.name == "a", ["scan"])[0]
    assert found["scan"]["url"] == f"/file/keep.folder/{folder.id}/scan"


def read_wire(keep: Keep, name: str, value: Any) -> Any:
    bound = keep.env.registry.model("keep.folder").fields[name]
    return bound.field.from_wire(value, bound)


def test_a_client_sends_data_or_an_upload_and_never_a_hash(keep: Keep, folder: Folder) -> None:
    data = base64.b64encode(b"hello").decode()
    folder.scan = read_wire(keep, "scan", {"name": "../x/a.txt", "data": data})
    keep.env.flush()
    assert folder.scan is not None
    assert folder.scan.name == "a.txt"
    token = upload_token(keep.env.ports, folder.scan.sha256, 5, "b.txt", "text/plain")
    folder.scan = read_wire(keep, "scan", {"upload": token})
    keep.env.flush()
    assert (folder.scan.name, folder.scan.read()) == ("b.txt", b"hello")
    for wrong in ({"sha256": folder.scan.sha256}, "text", {"data": "%"}, {"upload": 5}):
        with pytest.raises(ValidationError):
            read_wire(keep, "scan", wrong)


def test_an_upload_token_that_is_not_ours_is_refused(keep: Keep, folder: Folder) -> None:
    folder.scan = read_wire(keep, "scan", {"upload": "v1.aaaa.bbbb"})
    with pytest.raises(ValidationError, match="not known"):
        keep.env.flush()


def test_what_is_too_large_is_refused_with_record_and_field(keep: Keep, folder: Folder) -> None:
    with pytest.raises(ValidationError, match="1000 bytes fit") as refused:
        folder.scan = b"x" * 1001
    assert (refused.value.record, refused.value.field) == (["keep.folder", folder.id], "scan")
    token = upload_token(keep.env.ports, keep.storage.put(b"y" * 1001), 1001, "b", "")
    folder.scan = read_wire(keep, "scan", {"upload": token})
    with pytest.raises(ValidationError, match="1000 bytes fit"):
        keep.env.flush()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_image_is_measured_and_has_its_true_type(keep: Keep, folder: Folder, form: str) -> None:
    folder.photo = File.of(picture(form=form), "x.txt")
    keep.env.invalidate()
    assert folder.photo is not None
    assert (folder.photo.width, folder.photo.height, folder.photo.type) == (40, 20, f"image/{form.lower()}")


def bomb() -> bytes:
    """A PNG of some bytes that says it has 60,000 x 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no image"),
        (b"GIF89a nonsense", "no image"),
        (picture()[:60], "no image"),
        (picture(200, 100), "pixels"),
        (bomb(), "too many pixels"),
    ],
)
def test_what_is_no_image_or_too_large_a_one_is_refused(keep: Keep, folder: Folder, content: bytes, said: str) -> None:
    folder.photo = File.of(content, "x.png")
    with pytest.raises(ValidationError, match=said) as refused:
        keep.env.flush()
    assert refused.value.field == "photo"


def test_an_image_is_resized_within_bounds_and_never_enlarged(keep: Keep, folder: Folder) -> None:
    folder.photo = picture()
    keep.env.flush()
    assert folder.photo is not None
    small = folder.photo.resized(10, 10)
    assert (small.width, small.height) == (10, 5)
    assert Pillow.open(io.BytesIO(small.read())).size == (10, 5)
    assert folder.photo.resized(400).width == 40


def test_a_draft_shows_a_file_and_stores_nothing_until_it_is_saved(keep: Keep) -> None:
    draft = keep.env[Folder].draft({"name": "d", "scan": b"hello"})
    assert draft.read(["scan"])[0]["scan"]["size"] == 5
    assert keep.storage.puts == 0
    saved = draft.save()
    keep.env.flush()
    assert saved.scan is not None
    assert saved.scan.read() == b"hello"


def test_files_of_lines_and_of_many_records_at_once(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a", "pages": [Command.create({"text": "p"})]})
    both = folder | keep.env[Folder].create({"name": "b"})
    both.write(scan=b"same")
    keep.env.invalidate()
    assert [one.scan.read() for one in both if one.scan] == [b"same", b"same"]
    assert keep.storage.puts == 2
    assert keep.env[Page].search().folder == folder


def test_content_that_is_gone_and_a_missing_storage_are_said(keep: Keep, folder: Folder) -> None:
    folder.scan = b"hello"
    keep.env.flush()
    assert folder.scan is not None
    keep.storage.files.clear()
    other = keep.env[Folder].create({"name": "b", "scan": folder.scan})
    with pytest.raises(ValidationError, match="no longer there"):
        keep.env.flush()
    assert other.id
    with pytest.raises(FileNotFoundError):
        folder.scan.read()


def test_wrong_python_values_are_errors(folder: Folder) -> None:
    with pytest.raises(ValidationError, match="no file"):
        folder.scan = "text"  # type: ignore[assignment]


def test_describe_says_how_large_a_file_may_be(keep: Keep) -> None:
    found = describe(keep.env, keep.env.registry.model("keep.folder"))["fields"]
    assert (found["scan"]["type"], found["scan"]["max_size"]) == ("binary", 1000)
    assert (found["key"]["secret"], found["key"]["searchable"]) == (True, False)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.txt", "a.txt"),
        ("..\\..\\win.ini", "win.ini"),
        ('a"\r\nSet-Cookie: x', "aSet-Cookie: x"),
        ("x\u202egpj.exe", "xgpj.exe"),
    ],
)
def test_names_of_files_are_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_without_a_storage_an_env_says_so(keep: Keep, folder: Folder) -> None:
    bound = keep.env.registry.model("keep.folder").fields["scan"]
    with pytest.raises(DeveloperError, match="no storage"):
        bound.field.keep(File.of(b"x"), bound, 1, Ports())
