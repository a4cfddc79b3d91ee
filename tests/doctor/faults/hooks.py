"""Hooks that nobody calls, or that ask for what they do not get."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

FILE = "hooks.py"
IMPL = "@hookimpl\ndef addon_installed(env: Env, addon: str) -> None:"
END = "    env.hooks(perk_given)(env=env, points=0)"

FAULTS = [
    change(
        "hook misspelt",
        "hook-unknown",
        FILE,
        END,
        f"{END}\n\n\n@hookimpl  # here\ndef addon_upgradd(env: Env) -> None:\n    pass",
        "# here",
        '"addon_upgraded"',
    ),
    change(
        "hook with a wrong argument",
        "hook-unknown-argument",
        FILE,
        IMPL,
        "@hookimpl  # here\ndef addon_installed(env: Env, addn: str) -> None:",
        "# here",
        '"addon"',
    ),
    change(
        "hook without its mark",
        "hook-unmarked",
        FILE,
        END,
        f"{END}\n\n\ndef addon_upgraded(env: Env) -> None:\n    pass",
        "def addon_upgraded",
    ),
    change(
        "hook that nobody calls",
        "hook-unused",
        FILE,
        END,
        f"{END}\n\n\n@hookspec  # here\ndef perk_taken(env: Env) -> None:\n    pass",
        "# here",
    ),
    change(
        "hook of another name",
        "hook-wrong-name",
        FILE,
        END,
        f"{END}\n    env.hooks(points_taken)(env=env)\n\n\n@hookspec  # here\ndef points_taken(env: Env) -> None:\n    pass",
        "# here",
        "perk_",
    ),
    Fault(
        "second provider",
        "hook-second-provider",
        "manifest.toml",
        near="base",
        changes={FILE: (END, f"{END}\n\n\n@hookimpl\ndef access_policy() -> None:\n    return None")},
    ),
    Fault(
        "a check that fails",
        "check-failed",
        "manifest.toml",
        near="ZeroDivisionError",
        changes={FILE: (END, f"{END}\n\n\n@hookimpl\ndef check_addon() -> list[str]:\n    return [1 // 0]")},
    ),
    Fault(
        "a check without a rule",
        "check-unknown-rule",
        "manifest.toml",
        near="perk-no-rule",
        also=("perk-no-rule",),
        changes={
            FILE: (
                END,
                f'{END}\n\n\n@hookimpl\ndef check_addon(addon: object) -> list[object]:\n    from kernel.addons import Finding\n\n    return [Finding("addons/perk/manifest.toml", 0, "", "no", "perk-no-rule")]',
            )
        },
    ),
]
