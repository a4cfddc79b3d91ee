"""The recordset ORM: declare models, search and change records, in one env per actor.

What authors use is exported here; `docs/authors/orm.md` is its reference, and `docs/architecture.md` maps the modules.

    declare, fields/ -> compose    classes of installed addons become one class per model
    model, env, scope, work        recordsets, who acts, what is read together, one transaction's state
    domain*, query/                conditions as values, compiled to SQL once per shape
    recompute, refresh, flush      what is out of date is computed, then written, once

Nothing here knows an addon: rights, users, numbers, files and secrets are asked for through `ports`.
"""

from kernel.orm import fields
from kernel.orm.domains.domain import Domain
from kernel.orm.env import Env
from kernel.orm.grouping.rows import GroupRow
from kernel.orm.model import Model
from kernel.orm.ports import AccessPolicy, Ports, UserDirectory, UserInfo
from kernel.orm.registry.bound import AddonModels, Bound, ModelInfo
from kernel.orm.registry.constraints import Check, Exclude, Unique
from kernel.orm.registry.declare import before_delete, exposed, read_committed, validates
from kernel.orm.registry.registry import Registry
from kernel.orm.settings import Settings
from kernel.orm.writing.commands import Command

__all__ = [
    "AccessPolicy",
    "AddonModels",
    "Bound",
    "Check",
    "Command",
    "Domain",
    "Env",
    "Exclude",
    "GroupRow",
    "Model",
    "ModelInfo",
    "Ports",
    "Registry",
    "Settings",
    "Unique",
    "UserDirectory",
    "UserInfo",
    "before_delete",
    "exposed",
    "fields",
    "read_committed",
    "validates",
]
