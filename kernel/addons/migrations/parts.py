"""The steps of a revision: its file is run to have them, when they are to be carried out, shown or checked."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.steps import Fill, FillInPython, Step
from kernel.errors import MigrateError


@dataclass(frozen=True, slots=True)
class Parts:
    """What a revision does before, in and after the switch."""

    prepare: tuple[Step, ...] = ()
    upgrade: tuple[Step, ...] = ()
    clean: tuple[Step, ...] = ()
    alembic: Callable[[], object] | None = None
    """A function `upgrade()` that uses Alembic's `op`; it runs in the switch, after the steps of UPGRADE."""


def load_parts(revision: Revision) -> Parts:
    """Run the file of a revision and take its steps. MigrateError says what is wrong, with its file."""
    module = _module(revision)
    alembic = getattr(module, "upgrade", None)
    return Parts(
        prepare=_steps(revision, module, "PREPARE"),
        upgrade=_steps(revision, module, "UPGRADE"),
        clean=_steps(revision, module, "CLEAN"),
        alembic=alembic if callable(alembic) else None,
    )


def _module(revision: Revision) -> ModuleType:
    name = f"tenon_revision_{revision.addon}_{revision.path.stem}"
    spec = importlib.util.spec_from_file_location(name, revision.path)
    if spec is None or spec.loader is None:
        raise MigrateError(f"{revision.place} cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == spec.origin]
        place = f"{revision.place}:{lines[-1]}" if lines else revision.place
        raise MigrateError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _steps(revision: Revision, module: ModuleType, part: str) -> tuple[Step, ...]:
    steps = getattr(module, part, ())
    if isinstance(steps, str) or not isinstance(steps, (tuple, list)):
        raise MigrateError(
            f"{revision.place}: {part} must be a tuple of steps, not {type(steps).__name__}.",
            hint='A tuple of one has a comma: UPGRADE = ("ALTER TABLE ...",)',
        )
    for number, step in enumerate(steps, 1):
        allowed = isinstance(step, (str, Fill, FillInPython)) or (callable(step) and part != "PREPARE")
        if not allowed:
            raise MigrateError(
                f"{revision.place}: step {number} of {part} is {step!r}.",
                hint="A step is SQL as a text, Fill, FillInPython, or (not in PREPARE) a function that takes the"
                " transaction.",
            )
    return tuple(steps)
