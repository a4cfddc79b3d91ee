"""`tenon` called in this process, on the suite's own database server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from cli.main import root
from kernel.config import Settings
from kernel.db import Cluster, Control
from kernel.db.tenants import drop_database


@dataclass(frozen=True)
class Answer:
    """What a call of `tenon` printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return orjson.loads(self.out)


Tenon = Callable[..., Answer]


@pytest.fixture(scope="module")
def tenon(cluster: Cluster, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Tenon:
    """Call `tenon`; `env` adds to the environment. A traceback is never an answer."""
    own = {"TENON_DATA_DIR": str(settings.data_dir), "TENON_DATABASE_URL": settings.database_url}
    elsewhere = tmp_path_factory.mktemp("cwd")

    def call(*words: str, env: dict[str, str] | None = None, stdin: str = "", cwd: Path = elsewhere) -> Answer:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(cwd)
            result = CliRunner().invoke(
                root,
                words,
                input=stdin,
                env={**own, **(env or {})},
                prog_name="tenon",
                catch_exceptions=False,
            )
        assert "Traceback" not in result.output
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture(scope="module")
def acme(tenon: Tenon, cluster: Cluster, control: Control) -> Iterator[str]:
    """A tenant for the tests of one file."""
    answer = tenon("tenant", "create", "acme", "--admin", "ada@example.com")
    assert answer.code == 0, answer
    yield "acme"
    row = control.find("acme")
    if row is not None:
        drop_database(cluster, control, row)


@pytest.fixture
def addons(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Write manifests of addons into a place of their own; the environment that makes them known."""

    def write(**manifests: str) -> dict[str, str]:
        for name, text in manifests.items():
            folder = tmp_path / "addons" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "manifest.toml").write_text(text)
            (folder / "__init__.py").write_text(f'"""{name}."""\n')
        return {"TENON_ADDONS_PATH": str(tmp_path)}

    return write
