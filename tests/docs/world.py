"""A folder and a database server in which the calls of a page are made, one after the other, and what they answer."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import conninfo_to_dict

from cli import output
from cli.main import root as tenon
from kernel.config import Settings
from kernel.db import Cluster
from kernel.testing import FAST
from tests.addons.toys import forget_addons
from tests.docs.pages import ROOT

FOLDER: Final = "/srv/tenon"
"""Where the pages say that the server lives."""
ASKED: Final = "postgresql://tenon@db.internal/postgres"
"""The server that the pages name; the world's own is meant."""
STAYS: Final = ("tenon serve", "tenon demo", "tenon dev", "tenon worker")
"""Commands that do not end by themselves."""
WIDTH: Final = 110
"""Columns of the terminal that the pages show."""
LONGEST: Final = 140
MOST: Final = 24
"""Longer lines and answers are cut: three dots say so."""


@dataclass
class World:
    """Somebody's shell in an empty folder."""

    folder: Path
    cluster: Cluster
    environment: Mapping[str, str] = field(default_factory=dict)

    def call(self, line: str, stdin: str = "") -> Result:
        """Call `tenon ...` in the folder; a fault of Tenon itself is raised."""
        words = shlex.split(line.replace(ASKED, self._url()), comments=True)
        forget_addons(self.folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(output, "WIDE", WIDTH)
            runner = CliRunner()
            return runner.invoke(
                tenon, words[1:], env=dict(self.environment), prog_name="tenon", input=stdin, catch_exceptions=False
            )

    def _url(self) -> str:
        """The address of the server, as one writes it into a settings file."""
        parts = conninfo_to_dict(self.cluster.dsn("postgres"))
        return f"postgresql:///{parts.pop('dbname')}?{urlencode(parts)}"

    def shown(self, line: str) -> str:
        """The answer to a call as a page shows it: nothing in it differs from one machine or run to the next."""
        text = re.sub(r"\b[a-z2-9]{4}(-[a-z2-9]{4}){3}\b", "k7mt-fb3w-t6wj-m36z", self.call(line).output)
        text = text.replace(str(self.folder), FOLDER).replace(str(ROOT), f"{FOLDER}/.venv/lib/python3.11/site-packages")
        text = re.sub(r"PostgreSQL \d+", "PostgreSQL 16", text)
        lines = [_cut(item.rstrip()) for item in text.rstrip().splitlines()]
        return "\n".join(lines if len(lines) <= MOST else [*lines[:MOST], "..."])


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 3].rstrip() + "..."


@contextmanager
def world() -> Iterator[World]:
    """A world with a server of its own, so that nobody else's tenants are seen."""
    base = Path(tempfile.mkdtemp(prefix="tenon-docs-", dir="/tmp"))
    base.chmod(0o755)
    folder = base / "here"
    folder.mkdir()
    try:
        with Cluster.open(Settings(data_dir=base / "data"), options=FAST) as cluster:
            yield World(folder, cluster, {"TENON_DATA_DIR": str(base / "data")})
    finally:
        forget_addons(folder)
        shutil.rmtree(base, ignore_errors=True)
