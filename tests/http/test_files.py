"""Files over HTTP: uploads, downloads with the reader's rights, and nothing that runs in a browser."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

import pytest
from PIL import Image as Pillow

from kernel.addons import Tenant
from tests.http.conftest import Browser

BOBS = "Bob's"


pytestmark = pytest.mark.usefixtures("clean")


def put(browser: Browser, customer: int, name: str, content: bytes, field: str = "contract", type_: str = "") -> Any:
    value = {"name": name, "type": type_, "data": b64encode(content).decode()}
    changes = {field: {"from": None, "to": value}}
    return browser.rpc("shop.customer", "write", id=customer, changes=changes, spec={field: {}})[field]


def picture() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (60, 30), "teal").save(out, "PNG")
    return out.getvalue()


def test_an_upload_is_written_and_downloaded(ada: Browser, customers: dict[str, int]) -> None:
    headers = {"X-CSRF-Token": ada.token, "Content-Type": "text/plain"}
    told = ada.post("/file/upload?name=note.txt", data=b"hello", headers=headers).get_json()
    assert (told["name"], told["type"], told["size"]) == ("note.txt", "text/plain", 5)
    changes = {"contract": {"from": None, "to": {"upload": told["upload"]}}}
    found = ada.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"contract": {}})["contract"]
    answer = ada.get(found["url"])
    assert (answer.status_code, answer.data) == (200, b"hello")
    assert answer.headers["Content-Disposition"] == "inline; filename=note.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_an_upload_needs_a_session_a_token_and_a_bound(ada: Browser, browser: Browser, tenant: Tenant) -> None:
    assert browser.post("/file/upload", data=b"x", headers={"Accept": "application/json"}).status_code in (401, 403)
    assert ada.post("/file/upload", data=b"x").status_code in (400, 403)
    large = b"x" * (tenant.runtime.settings.max_upload + 1)
    assert ada.post("/file/upload", data=large, headers={"X-CSRF-Token": ada.token}).status_code == 413


def test_what_may_not_be_read_is_not_there(ada: Browser, boss: Browser, customers: dict[str, int]) -> None:
    put(boss, customers["Bob's"], "a.txt", b"secret")
    put(boss, customers["Acme"], "a.txt", b"secret", "paper")
    there = f"/file/shop.customer/{customers['Acme']}"
    for path in (
        f"/file/shop.customer/{customers[BOBS]}/contract",
        f"{there}/paper",
        f"{there}/contract",
        f"{there}/name",
        f"{there}/nothing",
        "/file/shop.customer/999999/contract",
        "/file/no.model/1/contract",
        "/file/gate.user/1/password_hash",
    ):
        answer = ada.get(path)
        assert answer.status_code == 404, path
        assert b"secret" not in answer.data
    assert boss.get(f"{there}/paper").data == b"secret"


@pytest.mark.parametrize("type_", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_what_could_run_is_only_downloaded(boss: Browser, customers: dict[str, int], type_: str) -> None:
    found = put(boss, customers["Acme"], "x.html", b"<script>alert(1)</script>", type_=type_)
    answer = boss.get(found["url"])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_no_name_breaks_out_of_the_header(boss: Browser, customers: dict[str, int]) -> None:
    found = put(boss, customers["Acme"], 'p\r\nSet-Cookie: a="b";.txt', b"x")
    told = boss.get(found["url"]).headers["Content-Disposition"]
    assert "\n" not in told
    found = put(boss, customers["Bolt"], "Angebot für Zoë.txt", b"x")
    assert "filename*=UTF-8''Angebot%20f%C3%BCr%20Zo%C3%AB.txt" in boss.get(found["url"]).headers["Content-Disposition"]


def test_an_etag_and_ranges_spare_the_line(boss: Browser, customers: dict[str, int]) -> None:
    url = put(boss, customers["Acme"], "a.txt", b"0123456789")["url"]
    first = boss.get(url)
    assert boss.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    part = boss.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")


def test_an_image_comes_smaller_on_request(boss: Browser, customers: dict[str, int]) -> None:
    found = put(boss, customers["Acme"], "a.png", picture(), "photo")
    assert (found["width"], found["height"], found["type"]) == (60, 30, "image/png")
    answer = boss.get(found["url"] + "?w=20")
    assert Pillow.open(io.BytesIO(answer.data)).size == (20, 10)
    assert answer.headers["ETag"] != boss.get(found["url"]).headers["ETag"]
    assert boss.get(found["url"] + "?w=99999").status_code == 422


def test_another_file_meanwhile_is_a_conflict(boss: Browser, customers: dict[str, int]) -> None:
    seen = put(boss, customers["Acme"], "a.txt", b"one")
    value = {"name": "b.txt", "data": b64encode(b"two").decode()}
    changes = {"contract": {"from": None, "to": value}}
    assert boss.rpc("shop.customer", "write", 409, id=customers["Acme"], changes=changes)["code"] == "conflict"
    changes = {"contract": {"from": seen, "to": value}}
    assert boss.rpc("shop.customer", "write", id=customers["Acme"], changes=changes, spec={"contract": {}})


def test_a_lost_content_is_not_there_and_no_error_of_ours(
    boss: Browser, customers: dict[str, int], tenant: Tenant
) -> None:
    found = put(boss, customers["Acme"], "a.txt", b"to be lost")
    tenant.stores.storage.delete(found["sha256"])
    assert boss.get(found["url"]).status_code == 404
