"""A model with every kind of field beside the plain ones: texts by language, values by company, files, references,
words, tracked and extra fields, and a tree; and the ports that they need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.orm import Env, Model, Ports, Registry, fields
from kernel.orm.extra.definitions import ExtraField, ExtraSet
from kernel.orm.fields import File
from kernel.orm.ports import AccessPolicy, UserInfo
from kernel.vault import Vault
from tests.orm.attack.vault import Busy, Label, Note
from tests.orm.keepers import ListLog, MemoryStorage

if TYPE_CHECKING:
    from tests.orm.attack.worlds import Secrets

LANGUAGES = ("en", "pt")


class Chest(Model, name="vault.chest", order="owner, creed, name, id", title="name", extensible=True):
    """Private ones are hidden by a rule; of all of them the creed, the plan, the depth and `x_hidden` by groups."""

    name = fields.Char("Name", tracked=True)
    city = fields.Char("City")
    private = fields.Boolean("Private")
    motto = fields.Char("Motto", translate=True, tracked=True)
    creed = fields.Char("Creed", translate=True, tracked=True)
    rate = fields.Integer("Rate", company_dependent=True, tracked=True)
    agent = fields.Many2one(Busy, "Agent", company_dependent=True)
    topic = fields.Reference("Topic", tracked=True)
    owner = fields.Many2one(Busy, "Owner", tracked=True)
    labels = fields.Many2many(Label, "Labels", tracked=True)
    depth = fields.Integer("Depth", tracked=True)
    scan = fields.Binary("Scan")
    plan = fields.Binary("Plan")
    inside = fields.Many2one["Chest"]("vault.chest", "Inside")
    words = fields.FullText("name", "city")


HIDDEN = frozenset({"creed", "plan", "depth"})
DEFINITIONS = (
    ExtraField("vault.chest", "open", "char", "Open"),
    ExtraField("vault.chest", "hidden", "char", "Hidden", groups=frozenset({"vault.boss"})),
    ExtraField("vault.chest", "friend", "many2one", "Friend", comodel="vault.person"),
    ExtraField("vault.chest", "within", "many2one", "Within", comodel="vault.chest"),
)


class Definitions:
    """The extra fields of everybody."""

    def __init__(self, registry: Registry) -> None:
        self.set = ExtraSet(registry, DEFINITIONS)

    def definitions(self, env: Env) -> ExtraSet:
        return self.set


class Users:
    """Everybody works for company 1, the system for both."""

    def user(self, env: Env, id: int) -> UserInfo:
        return UserInfo(id, "Nosy", "nosy", "en", "UTC", (1,))

    def languages(self, env: Env) -> tuple[str, ...]:
        return LANGUAGES


def ports(registry: Registry, policy: AccessPolicy) -> Ports:
    """Everything a chest needs."""
    return Ports(
        policy=policy,
        users=Users(),
        secrets=Vault([b"m" * 32], "attacked"),
        storage=MemoryStorage(),
        changes=ListLog(),
        extra_fields=Definitions(registry),
    )


def open_chests(system: Env) -> Chest:
    """Three that everybody sees: `top`, `leaf` and `one`."""
    chests = system[Chest].create(
        [
            {"name": name, "city": "Rome", "motto": {"en": name, "pt": f"{name} pt"}, "x_open": name}
            for name in ("top", "leaf", "one")
        ]
    )
    chests[2].scan = File.of(b"a scan", "scan.txt")
    return chests


def hide(system: Env, chests: Chest, secrets: Secrets, owner: Busy, note: Note) -> None:
    """What the attacker must not know of the open chests, and private ones."""
    top, leaf, one = chests
    one.name = "renamed"
    one.write(owner=owner, agent={1: owner}, topic=owner, x_friend=owner, depth=secrets.depth, x_hidden=secrets.extra)
    one.creed = {"en": secrets.creed, "pt": f"{secrets.creed} pt"}
    if secrets.plan:
        one.plan = File.of(secrets.plan, "plan.txt")
    if secrets.other_rate:
        one.write(rate={2: secrets.other_rate}, agent={2: owner})
    top.topic = note
    private = system[Chest].create(
        [
            {"name": "inner", "city": secrets.city, "private": True, "inside": top, "creed": secrets.creed},
            {"name": "other", "city": "Home", "private": True, "x_hidden": secrets.extra},
        ]
    )
    leaf.write(x_within=private[0], owner=owner)
    system.flush()
    for depth in range(secrets.changes):
        one.write(depth=100 + depth, creed={"en": f"creed {depth}"}, rate={2: depth + 10})
        one.labels |= system[Label].create({"name": f"of one {depth}", "private": True})
        one.owner = system[Busy].create({"name": f"was {depth}", "private": True, "email": f"was{depth}@secret"})
        system.flush()
        one.owner = owner
        system.flush()
    system.tx.execute("UPDATE vault.chest SET version = 2")  # that a record was changed is not hidden


__all__ = ["DEFINITIONS", "HIDDEN", "Chest", "hide", "open_chests", "ports"]
