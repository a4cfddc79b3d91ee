"""A server of two releases: `current` leads to one of them, and later to the other."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.db.tenants import drop_database
from tests.addons.toys import forget_addons
from tests.alone import cluster, control, data_dir, pool, settings
from tests.processes import TENON, environment, free_port, run_tenon
from tests.serving.till import write_first, write_second

__all__ = ["cluster", "control", "data_dir", "pool", "settings"]


@dataclass
class Server:
    """A `tenon serve` of its own, and the releases it can be told to serve."""

    releases: Path
    environ: Mapping[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> Path:
        return self.releases / "log"

    def lead_to(self, release: str) -> None:
        """Move the link, as a deploy does."""
        link = self.releases / "new"
        link.symlink_to(release)
        link.replace(self.releases / "current")

    def start(self, *words: str, **environ: str) -> str:
        """Start it; what it says when it serves."""
        self.close()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*TENON, "serve", "--port", str(self.port), "--workers", "2", "--threads", "4", *words],
                env={**self.environ, **environ},
                cwd=self.releases,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def tenon(self, *words: str, release: str = "current") -> subprocess.CompletedProcess[str]:
        """Call `tenon` with the addons of a release."""
        environ = {**self.environ, "TENON_ADDONS_PATH": str(self.releases / release)}
        return run_tenon(environ, *words, cwd=self.releases)

    def reload(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.tenon("reload", "--port", str(self.port), *words)

    def generations(self) -> list[list[str]]:
        """Name and state of each."""
        shown = self.tenon("editions", "--port", str(self.port)).stdout.splitlines()[1:]
        return [line.split()[:2] for line in shown]

    def wait_until(self, true: Callable[[], bool], what: str, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"not in time: {what}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.1)

    def close(self) -> None:
        """End it, if it runs, and what is read of it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.stop()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self) -> int:
        """SIGTERM; what it exits with."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@pytest.fixture
def server(settings: Settings, control: Control, tmp_path: Path) -> Iterator[Server]:
    """Two releases of the till, `current` leads to the first; nothing runs yet."""
    write_first(tmp_path / "1")
    write_second(tmp_path / "2")
    made = Server(tmp_path, environment(settings.data_dir, tmp_path / "current"))
    made.lead_to("1")
    yield made
    made.close()


@pytest.fixture
def tenants(
    settings: Settings, cluster: Cluster, pool: Pool, control: Control, server: Server
) -> Iterator[Callable[..., list[str]]]:
    """Make tenants with the till, at its first edition."""
    roots = [server.releases / "1"]
    runtime = Runtime(settings, cluster, pool, control, Library(roots))

    def make(*names: str) -> list[str]:
        return [create_tenant(runtime, name, ["till"]).name for name in names]

    yield make
    forget_addons(*roots)
    server.close()
    for row in control.tenants():
        pool.forget(row.dsn)
        drop_database(cluster, control, row)
