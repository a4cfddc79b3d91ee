"""What a person waits for: the demo, a new tenant, the start of a process, an upgrade."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernel.addons import Runtime
from kernel.addons.lifecycle.plan import plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.orm import AddonModels, Model, Registry, fields
from kernel.orm.registry.declare import ModelMeta
from tests.benchmarks.batches import measure_batches
from tests.benchmarks.pages import measure_memory, measure_pages
from tests.benchmarks.processes import run

READY = """
from kernel.addons import Runtime
from kernel.config import Settings
Runtime.open(Settings.load()).tenant("first").assembly()
"""
NAMES = ("DEMO", "S1", "S2", "S3", "S4", "S5", "H1", "M1", "M2")
PRODUCTS = ("crm", "booking", "crm_booking_bridge")


def measure_product(folder: Path, wanted: list[str], *, quick: bool, tell: Callable[[str], None]) -> dict[str, Any]:
    """The figures that are wanted (all, if none is named), in seconds."""
    names = [name for name in NAMES if not wanted or name in wanted]
    found: dict[str, Any] = {}
    rounds = 2 if quick else 5
    if "DEMO" in names:
        tell("tenon demo")
        found["DEMO"] = _demo(folder / "demo", rounds)
    if not set(names) - {"DEMO"}:
        return found
    with Runtime.open(Settings(data_dir=folder / "product")) as runtime:
        tell("tenants")
        found["S2"] = _tenants(runtime, rounds)
        if "S1" in names:
            tell("the start of a process")
            found["S1"] = _start(runtime, rounds)
        if "S3" in names:
            tell("tenants with all products")
            found["S3"] = _products(runtime, rounds)
        if "S4" in names:
            tell("an upgrade without a change")
            found["S4"] = _upgrade(runtime, rounds)
        if "S5" in names:
            tell("the help of the command line")
            found["S5"] = {"process": statistics.median(_help(runtime, rounds))}
        if "H1" in names:
            tell("the list page")
            found["H1"] = measure_pages(runtime, folder, 60 if quick else 300)
        if "M1" in names:
            tell("memory per tenant")
            found["M1"] = measure_memory(runtime, folder, _stages(quick))
        if "M2" in names:
            tell("a million records in batches")
            found["M2"] = measure_batches(runtime.cluster, folder, quick=quick)
    return found


def _demo(folder: Path, rounds: int) -> dict[str, Any]:
    """From nothing: the database's cluster, all addons, the demo company; and once it is all there."""
    cold = run(folder, "-m", "cli", "demo", "--no-serve")
    warm = [run(folder, "-m", "cli", "demo", "--no-serve") for _ in range(rounds)]
    return {"cold": cold, "warm": statistics.median(warm)}


def _tenants(runtime: Runtime, rounds: int) -> dict[str, Any]:
    """A tenant with the CRM: the first of its kind, which makes the template, and later ones."""
    times = []
    for name in ("first", *(f"later-{i}" for i in range(rounds))):
        started = time.perf_counter()
        create_tenant(runtime, name, ["crm"])
        times.append(time.perf_counter() - started)
    return {"first": times[0], "from_template": statistics.median(times[1:])}


def _products(runtime: Runtime, rounds: int) -> dict[str, Any]:
    """The same with all products, and as a whole command."""
    times, commands = [], []
    for name in ("all-first", *(f"all-later-{i}" for i in range(rounds))):
        started = time.perf_counter()
        create_tenant(runtime, name, PRODUCTS)
        times.append(time.perf_counter() - started)
    for number in range(rounds):
        words = ("tenant", "create", f"all-command-{number}", *PRODUCTS)
        commands.append(run(runtime.settings.data_dir, "-m", "cli", *words))
    return {"first": times[0], "from_template": statistics.median(times[1:]), "command": statistics.median(commands)}


def _help(runtime: Runtime, rounds: int) -> list[float]:
    return [run(runtime.settings.data_dir, "-m", "cli", "--help") for _ in range(rounds)]


def _start(runtime: Runtime, rounds: int) -> dict[str, Any]:
    """A process of its own until a tenant's registry is ready; and composing the registry alone."""
    data = runtime.settings.data_dir
    whole = [run(data, "-c", READY) for _ in range(rounds)]
    empty = [run(data, "-c", "pass") for _ in range(rounds)]
    assembly = runtime.library.assembly(runtime.library.resolve(["crm"]))
    parts = [AddonModels(addon.name, addon.classes) for addon in assembly.addons]
    builds = []
    for _ in range(rounds):
        started = time.perf_counter()
        registry = Registry.build(parts)
        builds.append(time.perf_counter() - started)
    return {
        "process": statistics.median(whole),
        "python_alone": statistics.median(empty),
        "registry": statistics.median(builds),
        "models": len(registry.models),
        "fields": len(registry.bounds),
        "registry_of_150_models_with_15_fields": _wide_registry(rounds),
    }


def _stages(quick: bool) -> tuple[int, ...]:
    """How many tenants one worker opens; a thousand databases take some minutes to make."""
    if quick:
        return (5,)
    return (20, 100, 1000) if os.environ.get("TENON_SOAK") else (20, 100)


def _wide_registry(rounds: int) -> float:
    """Composing 150 models of 15 fields, a fifth of which are computed or links."""
    declared = []
    for number in range(150):
        values: dict[str, Any] = {f"text_{i}": fields.Char() for i in range(8)}
        values |= {f"number_{i}": fields.Integer() for i in range(4)}
        values["parent"] = fields.Many2one(f"wide.model{number}")
        values["other"] = fields.Many2one(f"wide.model{max(number - 1, 0)}")
        values["whole"] = whole = fields.Char(stored=True)
        values["_compute_whole"] = whole.compute("text_0", "parent.text_0", "other.text_1")(lambda self: None)
        name = f"Model{number}"
        declared.append(ModelMeta(name, (Model,), {"__module__": __name__, **values}, name=f"wide.model{number}"))
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        Registry.build([AddonModels("wide", tuple(declared))])
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _upgrade(runtime: Runtime, rounds: int) -> dict[str, Any]:
    times = [run(runtime.settings.data_dir, "-m", "cli", "addon", "upgrade", "first") for _ in range(rounds)]
    tenant, plans = runtime.tenant("first"), []
    for _ in range(rounds):
        started = time.perf_counter()
        assert not plan_upgrade(runtime, tenant).steps
        plans.append(time.perf_counter() - started)
    return {"process": statistics.median(times), "without_the_start_of_a_process": statistics.median(plans)}
