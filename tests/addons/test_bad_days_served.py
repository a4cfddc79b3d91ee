"""Bad days while a tenant is served: requests are told to wait, and nobody has to restart Tenon afterwards."""

from __future__ import annotations

import pytest
from werkzeug.test import Client, TestResponse

from kernel.addons.lifecycle.templates import create_tenant
from kernel.http.app import Application
from tests.addons.bad_days import Place
from tests.addons.toys import forget_addons
from tests.servers import server

END_SESSIONS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'tenon'"


def test_requests_are_told_to_wait_and_recover_by_themselves(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("served")
    with server() as own:
        place = Place.make(own, root)
        assert place.tenon(lambda runtime: create_tenant(runtime, "acme", ["rating"])) == ""
        with place.runtime() as runtime:
            browser = Client(Application(runtime))

            def ask() -> TestResponse:
                return browser.get("/shelf/books", base_url="http://acme.localhost:8080")

            assert (ask().status_code, ask().json) == (200, {"books": ["Dune"]})
            own.run(END_SESSIONS)
            assert ask().status_code == 200  # a connection that said goodbye is not used again
            own.stop()
            away = ask()
            assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
            assert "127.0.0.1" not in away.text
            own.start()
            assert ask().status_code == 200
            own.run("DROP DATABASE tenon_control WITH (FORCE)")
            assert ask().status_code == 200  # what is known of the directory is enough
            own.run(END_SESSIONS, "ALTER DATABASE tenon_acme RENAME TO tenon_hidden")
            assert ask().status_code == 503
            own.run("ALTER DATABASE tenon_hidden RENAME TO tenon_acme")
            assert ask().json == {"books": ["Dune"]}
    forget_addons(root)
