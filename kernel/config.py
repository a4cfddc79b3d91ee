"""Settings: one frozen object from `tenon.toml` and the environment; all faults reported at once.

A setting `data_dir` is read from the key `data_dir` of the file and from `TENON_DATA_DIR`; the
environment wins. docs/integrators/configuring.md lists them all.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kernel.errors import ConfigError, suggest

SOURCE_ROOT = Path(__file__).resolve().parent.parent
"""The folder that contains `addons/` of the distribution; always the first entry of the addons path."""

FILE_NAME = "tenon.toml"


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return Path(base) / "tenon"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process is told from outside. Times in seconds."""

    database_url: str = ""
    """A PostgreSQL 15+ server where Tenon may create databases and roles, `postgresql://user@host/postgres`.
    Without one: a private cluster under `data_dir`, started and stopped as needed."""
    data_dir: Path = field(default_factory=_default_data_dir)
    """The private cluster, files of records (`files/<uuid of the tenant>/`), the master key."""
    addons_path: tuple[Path, ...] = ()
    """Folders that contain a folder `addons/`, beside Tenon's own; in the environment separated by `:`. Where nothing
    is said, the folder of `tenon.toml`, if it has one."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8080
    """Port to listen on."""
    workers: int = 2
    """Server processes of `tenon serve`."""
    threads: int = 8
    """Threads of each."""
    base_domain: str = "localhost"
    """A tenant `demo` answers at `demo.<base_domain>`."""
    master_key_file: Path | None = None
    """64 hex digits from which secrets of tenants are derived, older keys on the lines below; made on first use,
    readable by its user only. Keep a copy: a backup of the database does not contain it."""
    master_key_hex: str = ""
    """The master key itself (older ones behind commas), where the operator keeps it in the environment."""
    max_upload: int = 25 * 1024 * 1024
    """Bytes of a file that a client may upload."""
    trusted_proxies: int = 0
    """How many proxies in front may set forwarded headers."""
    session_idle: int = 7 * 24 * 3600
    """Seconds after which an unused session ends."""
    session_absolute: int = 30 * 24 * 3600
    """Seconds after which any session ends."""
    pool_size: int = 12
    """Connections of one process over all tenants."""
    secure_cookies: bool = False
    """Set it where people reach the server by https: `__Host-` cookies and HSTS."""

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `path` (else `tenon.toml` of the working directory, if there) and the environment.

        Raises ConfigError with every fault found.
        """
        environ = os.environ if environ is None else environ
        faults: list[str] = []
        raw = _from_file(path, faults)
        raw.update(_from_environment(environ))
        values: dict[str, Any] = {}
        for name, (value, place) in raw.items():
            reader = _READERS.get(name)
            if reader is None:
                faults.append(f'{place}: no setting "{name}".{suggest(name, _READERS)}')
                continue
            try:
                values[name] = reader(value)
            except (ValueError, TypeError) as error:
                faults.append(f"{place}: {name} = {value!r}: {error}")
        if faults:
            raise ConfigError(
                "The configuration has faults:",
                faults=faults,
                hint="docs/integrators/configuring.md lists all settings.",
            )
        return cls(**values)

    @property
    def master_key(self) -> bytes:
        """The 32 bytes from which new keys are derived: the first of `master_keys`."""
        return self.master_keys[0]

    @property
    def master_keys(self) -> tuple[bytes, ...]:
        """The master key and older ones, from the environment or a file, one a line or separated by commas.

        The first makes all new keys, the others only open what they once encrypted. The file is made on first
        use; only this user can read it.
        """
        if self.master_key_hex:
            return _keys(self.master_key_hex)
        path = self.master_key_file or self.data_dir / "master.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_hex(32))
        try:
            return _keys(path.read_text())
        except ValueError as error:
            raise ConfigError(f"{path}: {error}.", hint="Restore the key from your backup of it.") from None

    @property
    def addon_roots(self) -> tuple[Path, ...]:
        """Every folder whose `addons/` is searched, the distribution's own first."""
        return (SOURCE_ROOT, *(root for root in self.addons_path if root != SOURCE_ROOT))


def _from_file(path: Path | None, faults: list[str]) -> dict[str, tuple[Any, str]]:
    source = path or Path.cwd() / FILE_NAME
    if not source.is_file():
        if path is not None:
            faults.append(f"{path}: no such file")
        return {}
    try:
        document = tomllib.loads(source.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{source}: {error}")
        return {}
    base = source.resolve().parent
    values = {name: (value, str(source)) for name, value in document.items()}
    for name in ("data_dir", "master_key_file"):
        if name in values and isinstance(values[name][0], str):
            values[name] = (str(base / values[name][0]), str(source))
    if isinstance(document.get("addons_path"), list):
        values["addons_path"] = ([str(base / entry) for entry in document["addons_path"]], str(source))
    elif "addons_path" not in document and (base / "addons").is_dir():
        values["addons_path"] = ([str(base)], str(source))
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    names = {f"TENON_{item.name.upper()}": item.name for item in fields(Settings)}
    names["TENON_MASTER_KEY"] = "master_key_hex"
    return {names[key]: (value, key) for key, value in environ.items() if key in names and value != ""}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is needed")
    return value


def _count(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise TypeError("a whole number is needed")
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"must be between {low} and {high}")
        return number

    return read


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    try:
        return known[str(value).lower()]
    except KeyError:
        raise ValueError("true or false is needed") from None


def _folder(value: Any) -> Path:
    return Path(_text(value)).expanduser().resolve()


def _folders(value: Any) -> tuple[Path, ...]:
    parts = value.split(os.pathsep) if isinstance(value, str) else list(value)
    roots = tuple(_folder(part) for part in parts if part)
    for root in roots:
        if not (root / "addons").is_dir():
            raise ValueError(f"{root} contains no folder `addons/`")
    return roots


def _database_url(value: Any) -> str:
    url = _text(value)
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    return url


def _hex_keys(value: Any) -> str:
    _keys(_text(value))
    return _text(value)


def _keys(text: str) -> tuple[bytes, ...]:
    """Keys of 64 hex digits each; ValueError where there is none or one is no key."""
    keys = tuple(bytes.fromhex(part) for part in text.replace(",", " ").split())
    if not keys or any(len(key) != 32 for key in keys):
        raise ValueError("a master key must have 64 hex digits")
    return keys


_READERS: dict[str, Callable[[Any], Any]] = {
    "database_url": _database_url,
    "data_dir": _folder,
    "addons_path": _folders,
    "host": _text,
    "port": _count(0, 65535),
    "workers": _count(1, 256),
    "threads": _count(1, 256),
    "base_domain": _text,
    "master_key_file": _folder,
    "master_key_hex": _hex_keys,
    "max_upload": _count(1024, 10 * 1024**3),
    "trusted_proxies": _count(0, 10),
    "session_idle": _count(60, 10**9),
    "session_absolute": _count(60, 10**9),
    "pool_size": _count(2, 10_000),
    "secure_cookies": _flag,
}
