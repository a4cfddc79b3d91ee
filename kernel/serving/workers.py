"""What a generation does in its own process: looks at its code, reports, and becomes gunicorn's master.

Addons that tenants use are imported, and their sets put together, before the workers are forked: faults show before
a request is taken, workers begin at once, and they share the memory.
"""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kernel.addons import Findings, Library, Runtime
from kernel.addons.migrations.revisions import KERNEL, kernel_history, read_revisions
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import TenantRow
from kernel.errors import LoadError, ServeError, TenonError
from kernel.http.app import url_map, wsgi
from kernel.http.handover import Handover
from kernel.http.server import Server
from kernel.serving.spec import Report, Spec

log = logging.getLogger("tenon.serve")
SETS_MADE: Final = 50
"""Sets of addons put together beforehand, the most used first; others are when a tenant that has them is asked for."""


def run_generation(settings: Settings, spec: Spec) -> None:
    """Serve until told to end. What keeps it from serving goes to the supervisor; ServeError then."""
    try:
        with Runtime.open(settings) as runtime:
            report = look(runtime, careful=spec.careful)
            library = runtime.library
            runtime.pool.close()
            report.send(spec.report)
            gc.collect()
            gc.freeze()  # so that the collector does not copy the pages that workers share
            _server(settings, spec, library).run()
    except TenonError as error:
        Report(error=error.text, hint=error.hint).send(spec.report)
        raise ServeError(error.text, hint=error.hint) from error


def _server(settings: Settings, spec: Spec, library: Library) -> Server:
    handover = Handover(Path(spec.editions), spec.name, settings)

    return Server(settings, lambda: wsgi(Runtime.open(settings, library), handover), [spec.front, spec.own])


def look(runtime: Runtime, *, careful: bool) -> Report:
    """Load what tenants use. With `careful`, LoadError where that fails; else it is a note, and others are served."""
    rows = runtime.control.tenants()
    library = runtime.library
    notes, broken = _preload(library, rows)
    if broken and careful:
        raise LoadError("Tenants use addons that this code cannot load:", findings=broken)
    heads = {KERNEL: kernel_history()[-1].id, **heads_of(library)}
    return Report(heads, str(SOURCE_ROOT), len(rows), (*notes, *broken))


def heads_of(library: Library) -> dict[str, str]:
    """The newest revision of every addon that can be found; nothing is imported for it."""
    heads: dict[str, str] = {}
    for name, manifest in library.available().manifests.items():
        findings = Findings()
        revisions = read_revisions(name, manifest.path / "migrations", findings)
        if not findings:
            heads[name] = revisions[-1].id if revisions else ""
    return heads


def _preload(library: Library, rows: Iterable[TenantRow]) -> tuple[list[str], list[str]]:
    """What people should know, and what cannot be loaded."""
    sets = Counter(row.addons for row in rows if row.state == "active")
    known = set(library.available().names)
    notes: dict[str, None] = {}
    broken: dict[str, None] = {}
    for names, tenants in sets.most_common(SETS_MADE):
        missing = sorted({*names} - known)
        if missing:
            notes[_absent(missing, tenants)] = None
            continue
        try:
            url_map(library.assembly(names))
        except TenonError as error:
            broken[error.text] = None
    return list(notes), list(broken)


def _absent(missing: Sequence[str], tenants: int) -> str:
    whose = f"{tenants} tenant{'s have' if tenants > 1 else ' has'}"
    return f"{whose} addons that this code does not know: {', '.join(missing)}"
