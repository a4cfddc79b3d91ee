"""`tenon dev`: what is saved is served; what is wrong is shown with its place, and serving goes on at the next save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from kernel.db import Control
from tests.processes import Browser
from tests.serving.desk import Desk, desk, until

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def running(control: Control, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("garden"), data_dir) as made:
        yield made


@pytest.fixture(scope="module")
def browser(running: Desk) -> Browser:
    return running.login()


@pytest.fixture(autouse=True)
def mended(running: Desk) -> Iterator[None]:
    """What a test has broken is whole again for the next one, also where it failed."""
    paths = [running.folder / "http.py", running.folder / "templates/garden.html"]
    before = {path: path.read_text() for path in paths}
    yield
    for path, text in before.items():
        if path.read_text() != text:
            path.write_text(text)


def views(browser: Browser) -> tuple[int, str]:
    return browser.post("/rpc/garden.plant/view", {})


def page(browser: Browser) -> tuple[int, str]:
    return browser.ask("GET", "/garden", more=HTML)


def test_a_label_in_a_view_and_one_in_a_model_are_shown_after_they_are_saved(running: Desk, browser: Browser) -> None:
    running.replace("models.py", '"Name"', '"Name of the plant"')
    until(lambda: views(browser), "Name of the plant")
    running.replace("views/plant.toml", 'title = "Plants"', 'title = "Herbs"')
    until(lambda: browser.ask("GET", "/web/boot"), "Herbs")


def test_a_new_data_file_is_loaded_into_the_tenant(running: Desk, browser: Browser) -> None:
    (running.folder / "data").mkdir()
    (running.folder / "data/plants.toml").write_text('[["garden.plant"]]\nid = "sage"\nname = "Sage"\n')
    until(lambda: browser.post("/rpc/garden.plant/search_read", {"spec": {"name": {}}}), "Sage")


def test_a_file_that_is_broken_is_shown_with_its_line_and_mended_it_is_served(running: Desk, browser: Browser) -> None:
    running.replace("http.py", "def garden(request", "def garden(request(")
    shown = until(lambda: page(browser), "addons/garden/http.py:7 SyntaxError", status=500)
    assert "<mark>    7 def garden(request(" in shown
    assert "/-/dev.js" in shown
    running.replace("http.py", "def garden(request(", "def garden(request")
    until(lambda: page(browser), "Hello you")


def test_what_the_doctor_finds_is_shown_before_anything_is_touched(running: Desk, browser: Browser) -> None:
    running.replace("views/plant.toml", '["name"]', '["nmae"]')
    until(lambda: page(browser), "addons/garden/views/plant.toml:2 list.garden.plant: no field", status=500)
    running.replace("views/plant.toml", '["nmae"]', '["name"]')
    until(lambda: page(browser), "Hello you")


def test_a_fault_of_one_request_is_shown_with_its_place_to_people_and_programs(running: Desk, browser: Browser) -> None:
    running.replace("http.py", '"you")', '"you").missing')
    shown = until(lambda: page(browser), "<mark>    8     return request.render", status=500)
    assert "has no attribute" in shown
    status, text = browser.ask("GET", "/garden", more={"Accept": "application/json"})
    assert status == 500
    assert "addons/garden/http.py" in text
    running.replace("http.py", '"you").missing', '"you")')
    until(lambda: page(browser), "Hello you")


def test_models_that_have_moved_on_ask_for_a_migration_and_it_is_applied_when_it_is_there(
    running: Desk, browser: Browser
) -> None:
    running.replace("models.py", "required=True)", 'required=True)\n    height = fields.Integer("Height")')
    until(lambda: page(browser), "tenon addon revision garden", status=500)
    done = running.tenon("addon", "revision", "garden", "-m", "height")
    assert done.returncode == 0, done.stderr
    until(lambda: page(browser), "Hello you")
    until(lambda: browser.post("/rpc/garden.plant/search_read", {"spec": {"height": {}}}), '"height"')


def test_open_pages_hear_that_another_process_serves(running: Desk) -> None:
    def listen(connection: HTTPConnection) -> tuple[HTTPResponse, bytes]:
        connection.request("GET", "/-/dev/events", headers={"Host": "dev.localhost"})
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "text/event-stream"
        return answer, [answer.readline() for _ in range(4)][2]

    with closing(HTTPConnection("127.0.0.1", running.port, timeout=20)) as connection:
        answer, before = listen(connection)
        running.replace("templates/garden.html", "Hello", "Hello, hello")
        assert answer.read() == b"", "the stream ends with the process, so that the page asks anew"
    with closing(HTTPConnection("127.0.0.1", running.port, timeout=20)) as connection:
        assert listen(connection)[1] != before
    running.replace("templates/garden.html", "Hello, hello", "Hello")


def test_other_settings_begin_anew_without_letting_go_of_the_address(running: Desk, browser: Browser) -> None:
    (running.root / "tenon.toml").write_text('base_domain = "example.org"\n')
    until(lambda: Browser.ask(_at("dev.example.org", browser), "GET", "/garden"), "Hello you")
    (running.root / "tenon.toml").unlink()
    until(lambda: page(browser), "Hello you")


def _at(host: str, browser: Browser) -> Browser:
    other = object.__new__(Browser)
    other.port, other.host, other.cookies, other.token = browser.port, host, {}, ""
    return other
