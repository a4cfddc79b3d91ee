"""The server's side of the Apps screen: what there is, plans, and operations filed for the worker.

What plans are made with is loaded when somebody opens the screen: every process that serves would pay 20 ms for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from kernel.addons import Manifest
from kernel.db import operations
from kernel.db.operations import Operation
from kernel.errors import AccessError, AddonError, MissingError, UserError
from kernel.http import Request
from kernel.http.casting import ArgumentError
from kernel.http.wire import check_names

if TYPE_CHECKING:
    from kernel.addons.lifecycle.plan import Plan
    from kernel.addons.lifecycle.removal import Removal

MANAGER: Final = "base.manager"
KINDS: Final = ("install", "uninstall", "upgrade", "refuse")
ITSELF: Final = "web"
WAITING: Final = "Waiting for its turn."


def check_manager(request: Request) -> None:
    """Raise unless an administrator asks."""
    if MANAGER not in request.env.user.groups:
        raise AccessError("Only administrators install and uninstall apps.", hint="Ask an administrator.")


def list_apps(request: Request) -> dict[str, Any]:
    """Every addon that can be found, and the newest operations of this tenant."""
    from kernel.addons.lifecycle.archive import archived  # noqa: PLC0415
    from kernel.addons.lifecycle.bridges import refused_bridges, suggestions  # noqa: PLC0415

    tx, runtime, names = request.env.tx, request.tenant.runtime, request.assembly.names
    suggested = suggestions(runtime.library, names, refused_bridges(tx))
    catalog, kept = runtime.library.catalog, archived(tx)
    apps = []
    for manifest in catalog.manifests.values():
        state = "installed" if manifest.name in names else "suggested" if manifest.name in suggested else "available"
        apps.append(_describe(manifest) | {"state": state, "kept": manifest.name in kept, "faults": []})
    for name, faults in catalog.faults.items():
        empty = {"title": name, "summary": "", "version": "", "icon": "", "category": "", "depends": [], "bridges": []}
        shown = [str(fault) for fault in faults]
        apps.append({"name": name, **empty, "state": "broken", "kept": name in kept, "faults": shown})
    recent = operations.recent(runtime.control, request.tenant.row.uuid)
    return {"apps": apps, "operations": [operation_json(operation) for operation in recent]}


def _describe(manifest: Manifest) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "title": manifest.title,
        "summary": manifest.summary,
        "version": str(manifest.version),
        "icon": manifest.icon,
        "category": manifest.category,
        "depends": [need.name for need in manifest.depends],
        "bridges": [need.name for need in manifest.bridges],
    }


def plan_of(request: Request) -> dict[str, Any]:
    """What an operation would do; an error says why it cannot be done."""
    from kernel.addons.lifecycle.plan import Plan  # noqa: PLC0415

    kind, options = _read(request)
    plan = _plan(request, kind, options)
    nothing: dict[str, Any] = {part: [] for part in ("plan", "keeps", "goes", "stops", "stays", "notes", "suggested")}
    if plan is None:
        return nothing
    if not isinstance(plan, Plan):
        steps = [{"step": plan.kind, "addon": name, "text": f"{plan.kind} {name}"} for name in plan.removed]
        parts = {"keeps": plan.keeps, "goes": plan.goes, "stops": plan.stops, "stays": plan.stays}
        shown = {name: [asdict(item) for item in items] for name, items in parts.items()}
        return nothing | {"plan": steps, **shown, "notes": list(plan.notes)}
    steps = [{"step": step.kind, "addon": step.addon, "text": str(step)} for step in plan.steps]
    return nothing | {"plan": steps, "notes": list(plan.notes), "suggested": list(plan.suggested)}


def file_operation(request: Request) -> Operation:
    """Check that it can be done, and file it; the same one is not filed twice while it waits or runs."""
    kind, options = _read(request)
    _plan(request, kind, options)
    control, uuid = request.tenant.runtime.control, request.tenant.row.uuid
    arguments = options | {"by": request.env.user.login}
    for other in operations.recent(control, uuid):
        if other.state in ("filed", "running") and (other.kind, other.arguments) == (kind, arguments):
            return other
    return operations.file(control, uuid, kind, arguments)


def find_operation(request: Request, number: int) -> Operation:
    """An operation of this tenant."""
    operation = operations.get(request.tenant.runtime.control, number)
    if operation.tenant != request.tenant.row.uuid:
        raise MissingError("This operation does not exist (any more).")
    return operation


def operation_json(operation: Operation) -> dict[str, Any]:
    """An operation as the client sees it."""
    failed = operation.state == "failed"
    return {
        "id": operation.id,
        "kind": operation.kind,
        "addons": list(operation.arguments.get("addons", ())),
        "state": operation.state,
        "progress": operation.progress,
        "text": "" if failed else operation.answer or (WAITING if operation.state == "filed" else ""),
        "error": operation.answer if failed else "",
    }


def _read(request: Request) -> tuple[str, dict[str, Any]]:
    """The kind of operation and its options, as the client gave them."""
    body = request.json
    check_names(body, ("kind", "addons", "cascade", "fresh"), "apps")
    kind, names = body.get("kind"), body.get("addons")
    if kind not in KINDS:
        raise ArgumentError(f"kind: one of {', '.join(KINDS)} is needed.")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ArgumentError("addons: a list of names is needed.")
    options: dict[str, Any] = {"addons": list(dict.fromkeys(names))}
    for option in ("cascade", "fresh"):
        if body.get(option) is True:
            options[option] = True
    return kind, options


def _plan(request: Request, kind: str, options: Mapping[str, Any]) -> Plan | Removal | None:
    """The plan; what is wrong with an addon is told to the person who asked for it."""
    try:
        return _plan_kind(request, kind, options)
    except AddonError as error:
        raise UserError(error.text, hint=error.hint, code=error.error_code) from error


def _plan_kind(request: Request, kind: str, options: Mapping[str, Any]) -> Plan | Removal | None:
    from kernel.addons.lifecycle.plan import plan_install, plan_upgrade  # noqa: PLC0415
    from kernel.addons.lifecycle.uninstall import plan_uninstall  # noqa: PLC0415

    tenant, names = request.tenant, options["addons"]
    if kind == "install":
        return plan_install(tenant.runtime, tenant, names, fresh=options.get("fresh", False))
    if kind == "upgrade":
        return plan_upgrade(tenant.runtime, tenant, names)
    if kind == "refuse":
        return None
    removal = plan_uninstall(tenant.runtime, tenant, names, cascade=options.get("cascade", False))
    if ITSELF in removal.removed:
        raise UserError(
            "This screen belongs to what would be uninstalled.",
            hint=f"On the command line: tenon addon uninstall {tenant.name} {' '.join(names)} --cascade",
        )
    return removal
