"""A server takes up new code while it serves; what cannot start changes nothing; nothing outlives the supervisor."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.serving.conftest import Server
from tests.serving.crowd import Crowd, ask

Make = Callable[..., list[str]]


def children(pid: int) -> list[int]:
    """The processes below one, at any depth."""
    found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for child in found for below in children(child)]


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_workers_are_replaced_under_load_and_no_request_is_dropped(server: Server, tenants: Make) -> None:
    tenants("acme")
    server.start()
    assert server.process is not None
    before = children(server.process.pid)
    long: list[tuple[int, object]] = []
    waiting = threading.Thread(target=lambda: long.append(ask(server.port, "acme", "/till/slow?seconds=4")))
    with Crowd(server.port, ["acme"]).asking(4) as crowd:
        crowd.wait_for(10)
        waiting.start()
        said = server.reload()
        assert said.stdout.startswith("Generation 2 serves"), said.stderr
        server.process.send_signal(signal.SIGHUP)
        server.wait_until(lambda: server.generations() == [["3", "serving"]], "SIGHUP brings a generation, too")
        crowd.wait_for(10)
    waiting.join(10)
    assert crowd.failures == []
    assert [status for status, _ in long] == [200]
    assert ask(server.port, "acme", "/till/count")[1]["count"] == crowd.sold["acme"]
    server.wait_until(lambda: not any(map(running, before)), "all are new, also the worker for operations")
    assert server.stop() == 0


def test_code_that_cannot_be_loaded_is_told_with_its_place_and_the_old_workers_go_on(
    server: Server, tenants: Make
) -> None:
    tenants("acme")
    server.start()
    (server.releases / "2/addons/till/http.py").write_text("def broken(:\n")
    server.lead_to("2")
    said = server.reload()
    assert said.returncode == 1
    assert "till/http.py:1 SyntaxError" in said.stderr
    assert "Traceback" not in said.stderr
    assert server.generations() == [["1", "serving"]]
    assert ask(server.port, "acme", "/till/count")[1]["edition"] == "first"
    server.lead_to("1")
    assert server.reload().returncode == 0


def test_settings_that_are_wrong_by_now_keep_the_old_workers(server: Server, tenants: Make) -> None:
    tenants("acme")
    server.start()
    (server.releases / "tenon.toml").write_text("workers = 'many'\n")
    said = server.tenon("reload", "--port", str(server.port), "--help")
    assert said.returncode == 0
    assert server.process is not None
    server.process.send_signal(signal.SIGHUP)
    server.wait_until(lambda: "the old one goes on" in server.log.read_text(), "the log tells")
    assert ask(server.port, "acme", "/till/count")[0] == 200
    (server.releases / "tenon.toml").unlink()
    assert server.generations() == [["1", "serving"]]


def test_a_tenant_whose_addon_the_new_code_does_not_know_stays_with_the_old_code(server: Server, tenants: Make) -> None:
    tenants("acme")
    server.start()
    (server.releases / "3/addons").mkdir(parents=True)
    server.lead_to("3")
    said = server.reload()
    assert said.returncode == 0
    assert "1 tenant has addons that this code does not know: till" in said.stderr
    assert "Generation 1 goes on" in said.stdout
    for _ in range(10):
        assert ask(server.port, "acme", "/till/count")[1]["edition"] == "first"
    assert "retire" in server.reload("--help").stdout
    assert server.reload("--retire").returncode == 0
    server.wait_until(lambda: len(server.generations()) == 1, "retired although it is needed")
    status, answer = ask(server.port, "acme", "/till/count")
    assert (status, answer["error"]["code"]) == (503, "edition")


def test_without_a_server_reload_says_so(server: Server) -> None:
    said = server.reload()
    assert said.returncode == 1
    assert said.stderr.startswith("Error: No server runs here")


def test_a_second_server_at_the_same_port_is_refused(server: Server) -> None:
    server.start()
    said = server.tenon("serve", "--port", str(server.port))
    assert said.returncode == 1
    assert "cannot be listened on" in said.stderr


def test_nothing_outlives_a_supervisor_that_is_killed_and_the_next_one_begins_anew(server: Server) -> None:
    server.start()
    assert server.process is not None
    below = children(server.process.pid)
    assert len(below) >= 3  # a generation, its worker, the worker of operations; the watcher comes later
    server.process.kill()
    server.process.wait()
    server.wait_until(lambda: not any(map(running, below)), "all have noticed")
    assert server.start().startswith("Serving")
    assert server.stop() == 0


def test_workers_that_were_killed_are_replaced_also_with_their_master(server: Server, tenants: Make) -> None:
    tenants("acme")
    server.start()
    assert server.process is not None
    for pid in children(server.process.pid):
        os.kill(pid, signal.SIGKILL)
    assert ask(server.port, "acme", "/till/count")[0] == 200


def test_the_service_manager_is_told_when_it_serves_reloads_and_stops(server: Server, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        server.start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert manager.recv(1000).startswith(b"READY=1\nSTATUS=generation 1")
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        assert manager.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        assert manager.recv(1000).startswith(b"READY=1\nSTATUS=generation 1 and 2")
        time.sleep(0.1)
        server.stop()
        said = b""
        while b"STOPPING=1" not in said:
            said += manager.recv(1000)
