"""Files that are refused over HTTP: too large, without a length, no image, an image that would burst or would run."""

from __future__ import annotations

import io
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow

from kernel.addons import Tenant
from kernel.http.app import Application
from kernel.storage import FileStorage
from tests.http.conftest import Browser

pytestmark = pytest.mark.usefixtures("clean")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some bytes that says it has 3,600,000,000 pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1_000_000)), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (6, 3), "teal").save(out, "PNG")
    return out.getvalue()


def frames() -> bytes:
    """The same bomb as an icon, a format that no image field takes."""
    return b"\0\0\1\0\1\0\0\0\0\0\1\0\x18\0" + bomb()


@pytest.fixture
def storage(tenant: Tenant) -> FileStorage:
    return tenant.stores.storage


@pytest.fixture
def small(app: Application) -> Iterator[int]:
    """A server that takes uploads of 1,000 bytes."""
    before = app.settings
    app.settings = replace(before, max_upload=1000)
    yield 1000
    app.settings = before


def upload(browser: Browser, content: bytes, type_: str = "", **options: Any) -> Any:
    headers = {"X-CSRF-Token": browser.token, "Content-Type": type_, "Accept": "application/json"}
    return browser.post("/file/upload?name=x.png", data=content, headers=headers, **options)


def stored(storage: FileStorage) -> set[str]:
    return {sha256 for sha256, _ in storage.iterate()}


def test_an_upload_of_the_limit_is_taken_and_one_byte_more_is_not_and_nothing_of_it_is_stored(
    ada: Browser, small: int, storage: FileStorage
) -> None:
    assert upload(ada, b"a" * small).get_json()["size"] == small
    before = stored(storage)
    answer = upload(ada, b"b" * (small + 1))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "too_large")
    assert stored(storage) == before
    assert not list(storage.folder.glob(".put-*"))


def test_an_upload_without_its_length_is_refused(ada: Browser, storage: FileStorage) -> None:
    before = stored(storage)
    headers = {"X-CSRF-Token": ada.token, "Accept": "application/json"}
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    body = io.BytesIO(b"endless")
    answer = ada.post("/file/upload", input_stream=body, headers=headers, environ_overrides=chunked)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "upload")
    assert stored(storage) == before


@pytest.mark.parametrize("way", ["data", "upload"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "no image"),
        (b"<html>", "no image"),
        (picture()[:40], "no image"),
        (bomb(), "too many pixels"),
        (frames(), "no image"),
    ],
    ids=["svg", "html", "half", "bomb", "icon"],
)
def test_what_is_no_image_or_would_burst_is_refused_whatever_type_it_is_given(
    ada: Browser, customers: dict[str, int], content: bytes, said: str, way: str
) -> None:
    value: dict[str, Any] = {"name": "x.png", "type": "image/png", "data": b64encode(content).decode()}
    if way == "upload":
        value = {"upload": upload(ada, content, "image/png").get_json()["upload"]}
    changes = {"photo": {"from": None, "to": value}, "city": {"from": "Porto", "to": "Rome"}}
    error = ada.rpc("shop.customer", "write", 422, id=customers["Acme"], changes=changes)
    assert (error["field"], error["record"]) == ("photo", ["shop.customer", customers["Acme"]])
    assert said in error["text"]
    (now,) = ada.rpc("shop.customer", "read", ids=[customers["Acme"]], spec={"photo": {}, "city": {}})
    assert (now["photo"], now["city"]) == (None, "Porto")


def test_the_type_of_an_image_is_what_it_is_and_not_what_was_said(ada: Browser, customers: dict[str, int]) -> None:
    token = upload(ada, picture(), "text/html").get_json()["upload"]
    changes = {"photo": {"from": None, "to": {"upload": token}}}
    found = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"photo": {}})["photo"]
    assert found["type"] == "image/png"
    assert ada.get(found["url"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("said", ["image/png", "image/svg+xml", "text/html"])
def test_an_svg_in_a_field_of_files_never_runs_whatever_type_it_was_given(
    ada: Browser, customers: dict[str, int], said: str
) -> None:
    token = upload(ada, SVG, said).get_json()["upload"]
    changes = {"contract": {"from": None, "to": {"upload": token}}}
    found = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"contract": {}})["contract"]
    for path in (found["url"], f"{found['url']}/x.svg", f"{found['url']}/x.html"):
        answer = ada.get(path)
        assert answer.headers["Content-Type"] in ("application/octet-stream", "image/png")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("type_", ["", "nonsense", "image/png\x0b", "a" * 300 + "/b"])
def test_a_content_type_that_is_none_does_not_get_into_an_answer(
    ada: Browser, customers: dict[str, int], type_: str
) -> None:
    answer = upload(ada, b"x", type_)
    if answer.status_code != 200:
        assert answer.status_code in (400, 415, 422)
        return
    changes = {"contract": {"from": None, "to": {"upload": answer.get_json()["upload"]}}}
    found = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"contract": {}})["contract"]
    assert ada.get(found["url"]).headers["Content-Type"] == "application/octet-stream"
