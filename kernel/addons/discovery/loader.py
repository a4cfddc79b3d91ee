"""The loader: imports an addon once and collects what it brings. Importing has no side effect.

What belongs to an addon is what is *defined in* it: a class imported from elsewhere is not collected again.
Files are found by place (`views/`, `data/`, ...), not listed. A process knows an addon in one edition: what
is read here is not read again.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from kernel.addons.discovery.catalog import PACKAGE
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings, shown_path
from kernel.addons.hooks import HookSource
from kernel.addons.migrations.revisions import Revision, read_revisions
from kernel.errors import LoadError, TenonError, suggest
from kernel.orm.registry.declare import ModelMeta
from kernel.orm.settings import Settings

_SKIPPED: Final = frozenset({"tests", "migrations", "static", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Addon:
    """An addon in this process: its manifest, its code, the places of its files."""

    manifest: Manifest
    modules: Mapping[str, ModuleType]
    classes: tuple[type[Any], ...]
    settings: tuple[type[Settings], ...]
    revisions: tuple[Revision, ...]
    digest: str
    _files: Mapping[str, tuple[Path, ...]] = field(repr=False)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def path(self) -> Path:
        return self.manifest.path

    @property
    def version(self) -> str:
        return str(self.manifest.version)

    @property
    def head(self) -> str:
        """The newest revision of its schema; "" where it has none."""
        return self.revisions[-1].id if self.revisions else ""

    def module(self, name: str) -> ModuleType | None:
        """A module of the addon by its name inside it (`hooks`, `http`), where there is one."""
        return self.modules.get(f"{PACKAGE}.{self.name}.{name}")

    def files(self, place: str) -> tuple[Path, ...]:
        """The files of `views`, `data`, `data/demo`, `templates`, `static`..., sorted by path."""
        return self._files.get(place, ())

    def shown(self, path: Path) -> str:
        """A file as people name it."""
        return shown_path(path, self.path)

    def marked(self, module: str, attribute: str) -> list[Callable[..., Any]]:
        """Functions defined in a module (or package) of the addon that carry an attribute, as written."""
        prefix = f"{PACKAGE}.{self.name}.{module}"
        return [
            value
            for name, loaded in self.modules.items()
            if name == prefix or name.startswith(f"{prefix}.")
            for value in vars(loaded).values()
            if hasattr(value, attribute) and getattr(value, "__module__", None) == name
        ]

    @property
    def hook_source(self) -> HookSource | None:
        """Its hooks module, where there is one."""
        module = self.module("hooks")
        return HookSource(self.name, module, self.path) if module else None

    def source_text(self) -> str:
        """All its Python code, read from disk when asked."""
        return "\n".join(path.read_text(encoding="utf-8") for path in python_files(self.path))


def load(manifest: Manifest) -> Addon:
    """Import an addon and collect what it brings; LoadError says in which file and line it failed."""
    modules = dict(_import_all(manifest))
    findings = Findings()
    addon = collect(manifest, modules, findings)
    findings.raise_if_any(f'The migrations of addon "{manifest.name}" have faults:', LoadError)
    return addon


def collect(manifest: Manifest, modules: Mapping[str, ModuleType], findings: Findings) -> Addon:
    """What imported modules and the files of an addon bring; faults of its history are noted."""
    classes = tuple(_defined(modules, lambda value: isinstance(value, ModelMeta) and "__declaration__" in vars(value)))
    settings = tuple(_defined(modules, lambda value: issubclass(value, Settings)))
    revisions = read_revisions(manifest.name, manifest.path / "migrations", findings)
    return Addon(
        manifest=manifest,
        modules=modules,
        classes=classes,
        settings=settings,
        revisions=revisions,
        digest=data_digest(manifest.path),
        _files=_find_files(manifest.path),
    )


def _import_all(manifest: Manifest) -> Iterator[tuple[str, ModuleType]]:
    """The package, `hooks`, `http`, `settings` and everything below, each by its full name."""
    root = f"{PACKAGE}.{manifest.name}"
    package = _import(manifest, root)
    place = Path(package.__file__).parent if package.__file__ else None
    if place is None or not place.samefile(manifest.path):
        raise LoadError(
            f'The addon "{manifest.name}" was found at {manifest.path}, but Python imports it from {place}.',
            hint="Another folder on sys.path contains an addon of this name, or it has no __init__.py.",
        )
    yield root, package
    for name in module_names(manifest):
        yield name, _import(manifest, name)


def module_names(manifest: Manifest) -> list[str]:
    """The modules below an addon's package in the order they are imported: its models first."""
    root = f"{PACKAGE}.{manifest.name}"
    return sorted(_module_names(root, manifest.path), key=lambda name: (not name.startswith(f"{root}.models"), name))


def _module_names(prefix: str, folder: Path) -> Iterator[str]:
    for info in pkgutil.iter_modules([str(folder)]):
        if info.name in _SKIPPED:
            continue
        yield f"{prefix}.{info.name}"
        if info.ispkg:
            yield from _module_names(f"{prefix}.{info.name}", folder / info.name)


def _import(manifest: Manifest, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except TenonError:
        raise
    except Exception as error:
        path, line = place_in(error, manifest.path)
        raise LoadError(
            f'The addon "{manifest.name}" cannot be imported:',
            findings=[f"{path}:{line} {said_by_python(error)}"],
        ) from error


def said_by_python(error: Exception) -> str:
    """Kind and text of an error, with the nearest name where one is not known."""
    return f"{type(error).__name__}: {error}{suggest(*_unknown_name(error))}"


def _unknown_name(error: Exception) -> tuple[str, list[str]]:
    """The name that Python does not know, and those it could have been."""
    if isinstance(error, AttributeError):
        return str(error.name or ""), dir(error.obj)
    if isinstance(error, NameError):
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        return str(error.name or ""), [*frames[-1].f_locals, *frames[-1].f_globals] if frames else []
    if isinstance(error, ImportError) and (found := re.match(r"cannot import name '(\w+)'", str(error))):
        return found[1], dir(sys.modules.get(error.name or ""))
    return "", []


def place_in(error: BaseException, folder: Path) -> tuple[str, int]:
    """The last line on the way to the error that belongs to the addon in `folder`."""
    if isinstance(error, SyntaxError) and error.filename:
        return shown_path(Path(error.filename), folder), error.lineno or 0
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(folder):
            return shown_path(path, folder), frame.lineno or 0
    return f"{PACKAGE}/{folder.name}", 0


def _defined(modules: Mapping[str, ModuleType], wanted: Callable[[type[Any]], bool]) -> Iterator[type[Any]]:
    """Classes in the order they are written, module by module in the order of names."""
    for name in sorted(modules):
        for value in vars(modules[name]).values():
            if isinstance(value, type) and value.__module__ == name and wanted(value):
                yield value


def _find_files(folder: Path) -> dict[str, tuple[Path, ...]]:
    places: dict[str, list[Path]] = {}
    for place, suffixes in (("views", (".toml",)), ("data", (".toml", ".csv")), ("i18n", (".po",))):
        for path in sorted((folder / place).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                inside = path.relative_to(folder / place).parts
                key = f"{place}/{inside[0]}" if place == "data" and len(inside) > 1 else place
                places.setdefault(key, []).append(path)
    for place in ("templates", "static"):
        places[place] = [path for path in sorted((folder / place).rglob("*")) if path.is_file()]
    return {place: tuple(paths) for place, paths in places.items()}


def data_digest(folder: Path) -> str:
    """A digest of the files that an upgrade would load: data, security, views, manifest."""
    digest = hashlib.sha256()
    for place in ("manifest.toml", "data", "security"):
        start = folder / place
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            if path.is_file() and "demo" not in path.relative_to(folder).parts:
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def python_files(folder: Path) -> Iterator[Path]:
    """The addon's own code; folders of clients and tests are not entered."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py":
            yield path
        elif path.is_dir() and path.name not in _SKIPPED:
            yield from python_files(path)
