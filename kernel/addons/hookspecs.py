"""The hooks of the kernel. An addon answers one by a `@hookimpl` function of its name in its `hooks.py`.

A function takes the arguments it needs and no others. All hooks get the env of the actor; what needs more
rights says so by `env.as_system("why")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kernel.addons.contents.security import SecurityDeclaration
from kernel.addons.findings import Finding
from kernel.addons.hooks import hookspec
from kernel.addons.rules import Rule
from kernel.orm import Env, Model
from kernel.orm.ports import AccessPolicy, ChangeLog, ExtraFields, Numbers, SettingsStore, UserDirectory

if TYPE_CHECKING:
    import click

    from kernel.addons.assembly import Assembly
    from kernel.addons.discovery.loader import Addon

# Mechanism with exactly one provider: the registry refuses a second one. ------------------------------


@hookspec(first=True)
def access_policy() -> AccessPolicy:
    """The access policy: who may do what. Without a provider only the system may do anything."""
    raise NotImplementedError


@hookspec(first=True)
def user_directory() -> UserDirectory:
    """Who the users are. Without a provider there are none."""
    raise NotImplementedError


@hookspec(first=True)
def create_user(
    env: Env, login: str, name: str, password: str, groups: tuple[str, ...], administrator: bool
) -> int | None:
    """Make a user with these groups (stable ids), an administrator of everything if asked; their id."""
    raise NotImplementedError


@hookspec(first=True)
def set_password(env: Env, login: str, password: str) -> int | None:
    """Give the user of this login another password and end their sessions; their id."""
    raise NotImplementedError


@hookspec(first=True)
def settings_store() -> SettingsStore:
    """Where values of settings are kept. Without a provider all settings have their defaults."""
    raise NotImplementedError


@hookspec(first=True)
def extra_fields() -> ExtraFields:
    """Where the fields that administrators of a tenant add are kept. Without a provider there are none."""
    raise NotImplementedError


@hookspec(first=True)
def number_series() -> Numbers:
    """Who draws numbers of records. Without a provider a model with a `Number` cannot be written."""
    raise NotImplementedError


@hookspec(first=True)
def change_log() -> ChangeLog:
    """What keeps changes of tracked fields, and images of deleted records. Without a provider nothing is kept."""
    raise NotImplementedError


# Lifecycle. -------------------------------------------------------------------------------------------


@hookspec
def addon_installed(env: Env, addon: str) -> None:
    """`addon` was installed: its tables, groups, access and data are there. In the same transaction."""


@hookspec
def install_preview(env: Env, addon: str) -> Iterable[str]:
    """What installing `addon` would do to records that are there: lines of the plan, before anything is done.

    Asked where all that `addon` bridges is installed. Its own tables are not there yet; nothing is kept.
    """
    raise NotImplementedError


@hookspec
def addon_upgraded(env: Env, addon: str, before: str) -> None:
    """`addon` was upgraded from version `before`. In the same transaction."""


@hookspec
def addon_uninstalling(env: Env, addon: str) -> None:
    """`addon` is about to go: its tables and columns are still there. In the same transaction; an error refuses."""


@hookspec
def addon_restored(env: Env, addon: str, before: str) -> None:
    """`addon`, detached as version `before`, is back with what it had; `addon_installed` is not called."""


@dataclass(frozen=True, slots=True)
class OwnedRows:
    """A model whose records may belong to an addon: the field that names it, and one that names a model of it."""

    model: str
    addon: str = "addon"
    of_model: str = ""
    stays: bool = False
    """About records of `of_model`: stays where it is when the addon is uninstalled, and goes when it is purged."""


@hookspec
def owned_rows() -> Iterable[OwnedRows]:
    """Models that hold what other addons declared: their records go to the archive with the addon they are of."""
    raise NotImplementedError


@hookspec
def registry_ready(names: tuple[str, ...]) -> None:
    """A registry for this ordered set of addons was built in this process. No tenant is at hand."""


@hookspec
def security_declared(env: Env, addon: str, declaration: SecurityDeclaration) -> None:
    """`addon` is being installed or upgraded and declares groups, access rows and record rules."""


@hookspec
def demo_data(env: Env, addon: str) -> None:
    """Demo records of `addon` were asked for; those of its files in `data/demo/` are there."""


# Records: at flush, once per batch and model. ---------------------------------------------------------


@hookspec
def records_created(env: Env, records: Model) -> None:
    """Records of one model were created."""


@hookspec
def records_written(env: Env, records: Model, changed: frozenset[str]) -> None:
    """Fields of records of one model were changed; `changed` names them."""


@hookspec
def records_deleting(env: Env, records: Model) -> None:
    """Records of one model are about to be deleted; they can still be read. An error refuses."""


# Contributions. ---------------------------------------------------------------------------------------


@hookspec
def menu_items(env: Env) -> list[Mapping[str, Any]]:
    """Menus that depend on the user or on records; what is fixed belongs into `views/`."""
    raise NotImplementedError


@hookspec
def cli_commands() -> list[click.Command]:
    """The command `tenon <addon>`, a group or a single one; the manifest announces it by `command = "..."`."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class HealthProblem:
    """What is wrong in a tenant, in a sentence, and what to do about it."""

    text: str
    hint: str = ""
    grave: bool = True
    """False for what is only to be known."""


@hookspec
def health_checks(env: Env) -> Iterable[HealthProblem]:
    """What an operator should know of this tenant. Asked by `tenon doctor`; nothing that it changes is kept."""
    raise NotImplementedError


@hookspec(first=True)
def authenticators(env: Env, login: str, password: str) -> int | None:
    """The id of the user with this login and password; None asks the next addon."""
    raise NotImplementedError


@hookspec
def fields_shown(addon: str, assembly: Assembly) -> Mapping[str, frozenset[str]]:
    """Model -> the fields that the screens of an addon show; a generic check reads them as a user of each group."""
    raise NotImplementedError


@hookspec
def check_rules() -> Iterable[Rule]:
    """The rules that this addon's `check_addon` reports. Their ids begin with its name: `loyalty-no-points`."""
    raise NotImplementedError


@hookspec
def check_addon(addon: Addon, assembly: Assembly) -> Iterable[Finding]:
    """More checks of the addon doctor: faults of one addon among those it is to be installed with."""
    raise NotImplementedError
