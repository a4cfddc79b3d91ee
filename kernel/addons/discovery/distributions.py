"""Addons that installed distributions bring: the entry point group `tenon.addons`, `loyalty = "addons.loyalty"`.

A distribution ships the folder `addons/loyalty/` as part of the namespace package `addons`. Nothing of it is imported
here, and what is broken about one is told as a fault of the addon it names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kernel.addons.discovery.manifest import FILE_NAME, NAME

PACKAGE: Final = "addons"
ENTRY_POINTS: Final = "tenon.addons"


@dataclass(frozen=True, slots=True)
class Shipped:
    """An entry point: the addon it names, by whom, the folders it may be in, or what is wrong with it."""

    name: str
    distribution: str
    folders: tuple[Path, ...] = ()
    fault: str = ""


def shipped_addons() -> Iterator[Shipped]:
    """What the entry points of all installed distributions say."""
    first: dict[str, str] = {}
    for point in entry_points(group=ENTRY_POINTS):
        found = _read(point)
        other = first.setdefault(found.name, found.distribution)
        if other != found.distribution:
            text = f'two distributions bring this addon: "{other}" and "{found.distribution}"; uninstall one of them'
            found = Shipped(found.name, found.distribution, found.folders, text)
        yield found


def _read(point: EntryPoint) -> Shipped:
    distribution = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"
    parent, _, name = point.value.rpartition(".")
    if parent != PACKAGE or not NAME.fullmatch(name) or name != point.name:
        text = f'"{point.name} = {point.value}" is to be written as "{point.name} = {PACKAGE}.{point.name}"'
        return Shipped(point.name, distribution, fault=text)
    folders = tuple(_folders(name))
    if not folders:
        text = f"{point.value} is not there, or has no {FILE_NAME}; install the distribution again, or remove it"
        return Shipped(name, distribution, fault=text)
    return Shipped(name, distribution, folders)


def _folders(name: str) -> Iterator[Path]:
    """Where Python would look for the package: every place of the path, and what an editable install redirects to."""
    places = [Path(entry) / PACKAGE / name for entry in sys.path]
    try:
        spec = find_spec(f"{PACKAGE}.{name}")
    except (ImportError, ValueError, AttributeError):
        spec = None
    places += map(Path, (spec.submodule_search_locations or ()) if spec else ())
    for place in dict.fromkeys(places):
        if (place / FILE_NAME).is_file():
            yield place
