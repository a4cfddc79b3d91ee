"""Static files: an address with the content's hash is cached for ever, and nothing outside is served."""

import gzip
from pathlib import Path

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from kernel.http.static import FOREVER, StaticFiles

SCRIPT = "export const answer = 42;\n" * 100


@pytest.fixture
def addon(tmp_path: Path) -> Path:
    folder = tmp_path / "maps"
    (folder / "static" / "web").mkdir(parents=True)
    (folder / "static" / "web" / "main.js").write_text(SCRIPT)
    (folder / "static" / ".hidden").write_text("no")
    (folder / "secret.txt").write_text("no")
    (folder / "static" / "link.txt").symlink_to(folder / "secret.txt")
    return folder


@pytest.fixture
def static() -> StaticFiles:
    return StaticFiles()


def asked(accept: str = "") -> Request:
    return Request(EnvironBuilder(headers=[("Accept-Encoding", accept)]).get_environ())


def test_a_file_is_cached_for_ever_under_its_hash(static: StaticFiles, addon: Path) -> None:
    url = static.url(addon, "web/main.js")
    _, name, word, found, path = url.split("/", 4)
    response = static.respond(asked(), addon, found, path)
    assert (name, word) == ("maps", "static")
    assert response.get_data(as_text=True) == SCRIPT
    assert response.headers["Cache-Control"] == FOREVER
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_scripts_are_gzipped_for_those_who_take_it(static: StaticFiles, addon: Path) -> None:
    response = static.respond(asked("br, gzip"), addon, static.hash(addon), "web/main.js")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.get_data()).decode() == SCRIPT
    assert len(response.get_data()) < len(SCRIPT) / 10


def test_an_address_of_another_edition_is_served_but_not_kept(static: StaticFiles, addon: Path) -> None:
    response = static.respond(asked(), addon, "0" * 12, "web/main.js")
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "web/../../secret.txt",
        "link.txt",
        ".hidden",
        "web",
        "missing.js",
        "",
        "/etc/passwd",
        "a//b",
    ],
)
def test_nothing_else_is_served(static: StaticFiles, addon: Path, path: str) -> None:
    with pytest.raises(NotFound):
        static.respond(asked(), addon, "0" * 12, path)


def test_an_addon_without_static_files_has_none(static: StaticFiles, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        static.respond(asked(), tmp_path / "nowhere", "0" * 12, "web/main.js")


def test_changed_content_has_another_hash(static: StaticFiles, addon: Path) -> None:
    before = static.hash(addon)
    (addon / "static" / "web" / "main.js").write_text("changed")
    assert static.hash(addon) == before, "a process knows one edition"
    assert StaticFiles().hash(addon) != before
