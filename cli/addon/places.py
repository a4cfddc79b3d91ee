"""The addons that a command is given: by name, or by folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import Failure
from cli.session import Session

if TYPE_CHECKING:
    from kernel.addons import Library


def folders_named(addons: Iterable[str]) -> list[Path]:
    """Folders as absolute paths, names as they are."""
    return [Path(addon).resolve() if _is_place(addon) else Path(addon) for addon in addons]


def library_with(session: Session, folders: Iterable[Path]) -> Library:
    """The addons that can be found, and those beside the folders given."""
    from kernel.addons import Library

    roots = [folder.parent.parent for folder in folders if folder.is_absolute() and folder.parent.name == "addons"]
    return Library(dict.fromkeys((*session.settings.addon_roots, *roots)))


def places_of(library: Library, folders: Iterable[Path]) -> list[Path]:
    """Where the addons are: those given, or all that can be found; Failure with the near word where one is not."""
    return [_folder(library, folder) for folder in folders] or _all(library)


def _is_place(addon: str) -> bool:
    """`addons/loyalty` and `.` are folders, `loyalty` is a name."""
    return "/" in addon or addon.startswith(".") or Path(addon).is_absolute()


def _folder(library: Library, folder: Path) -> Path:
    if folder.is_absolute():
        if not folder.is_dir():
            raise Failure(f"There is no folder {folder}.", "Give the folder of an addon, or its name.")
        return folder
    from kernel.addons.discovery.catalog import candidates

    known = {place.name: place for place in reversed(list(candidates(library.roots)))}
    if folder.name in known:
        return known[folder.name]
    from kernel.errors import suggest

    raise Failure(
        f'There is no addon "{folder.name}".{suggest(folder.name, known)}',
        "`tenon addon list` shows what can be found; an addon elsewhere is given by its folder: ./addons/loyalty",
    )


def _all(library: Library) -> list[Path]:
    from kernel.addons.discovery.catalog import candidates

    return list({place.name: place for place in reversed(list(candidates(library.roots)))}.values())[::-1]
