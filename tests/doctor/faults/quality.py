"""Faults of quality.toml, and levels that it states and the addon does not reach."""

from __future__ import annotations

from tests.doctor.faults.sound import Change, Fault


def stated(name: str, rule: str, text: str, at: str, near: str, more: dict[str, Change] | None = None) -> Fault:
    """The addon with a quality.toml, told in the line where `at` stands."""
    return Fault(name, f"quality-{rule}", "quality.toml", at, near, {"quality.toml": text, **(more or {})})


BRONZE = 'level = "bronze"\n'
UNTYPED: dict[str, Change] = {
    "hooks.py": (
        "def addon_installed(env: Env, addon: str) -> None:",
        "def addon_installed(env: Env, addon):  # type: ignore",
    )
}
FAULTS = [
    stated("a level misspelt", "unknown-level", 'level = "sliver"\n', "sliver", '"silver"'),
    stated("no level", "unknown-level", '[exempt]\nreadme = "its users read the manual"\n', "[exempt]", "is missing"),
    stated("a level that is a number", "unknown-level", "level = 2\n", "level", "2 is no level"),
    stated("a key misspelt", "unknown-key", f'{BRONZE}[exmept]\ntyped = "no"\n', "[exmept]", '"exempt"'),
    stated("an exemption misspelt", "unknown-rule", f'{BRONZE}[exempt]\ndemodata = "no"\n', "demodata", '"demo-data"'),
    stated("exempt from faults", "unknown-rule", f'{BRONZE}[exempt]\nno-errors = "later"\n', "no-errors", "nobody"),
    stated("an exemption for nothing", "missing-reason", f'{BRONZE}[exempt]\ntyped = " "\n', "typed", "why"),
    stated("exemptions in a list", "missing-reason", f'{BRONZE}exempt = ["typed"]\n', "exempt", "[exempt]"),
    stated("a level not reached", "level-not-reached", 'level = "silver"\n', "level", "silver and reaches bronze"),
    stated("parts without types", "level-not-reached", 'level = "silver"\n', "level", "typed, ", UNTYPED),
    stated("gold at once", "level-not-reached", 'level = "gold"\n', "level", "hooks-described, methods-tested"),
]
