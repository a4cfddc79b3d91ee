"""What the ORM asks of floors above it: who is the user, what may they do, which hooks listen.

Each is a Protocol; an env is made with one object of each (`Ports`). Without a policy nobody but the
system may do anything: deny by default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from kernel.orm.domains.domain import Domain
    from kernel.orm.env import Env
    from kernel.orm.extra.definitions import ExtraSet
    from kernel.orm.model import Model
    from kernel.orm.registry.bound import ModelInfo

P = ParamSpec("P")
R = TypeVar("R")
Operation = Literal["read", "create", "write", "delete"]


@dataclass(frozen=True, slots=True)
class UserInfo:
    """What the kernel knows of the acting user. `groups` are stable ids, implied ones included."""

    id: int
    name: str = ""
    login: str = ""
    language: str = "en"
    tz: str = "UTC"
    companies: tuple[int, ...] = ()
    groups: frozenset[str] = frozenset()


class AccessPolicy(Protocol):
    """Who may do what. Exactly one provider per set of addons. Asked with the actor's env."""

    def allowed(self, env: Env, model: str, operation: Operation) -> bool:
        """Whether the actor may do `operation` on the model at all."""
        ...

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        """The records on which the actor may do it; None: on all."""
        ...

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        """Names of the fields the actor may not know of."""
        ...


class UserDirectory(Protocol):
    """Who the users are."""

    def user(self, env: Env, id: int) -> UserInfo:
        """The user `id`; raises MissingError. `env` is the system's."""
        ...

    def languages(self, env: Env) -> tuple[str, ...]:
        """Codes of the languages that texts can be kept in, the tenant's own first. `env` is the system's."""
        ...


class RecordHooks(Protocol):
    """Listeners to changes of records; called at flush, once per batch and model."""

    def listens(self, event: Literal["created", "written", "deleting"]) -> bool:
        """Whether anybody implements the hook; asked once per flush."""
        ...

    def created(self, env: Env, records: Model) -> None:
        """New records were inserted."""

    def written(self, env: Env, records: Model, changed: frozenset[str]) -> None:
        """Fields `changed` of records were updated."""

    def deleting(self, env: Env, records: Model) -> None:
        """Records are about to be deleted."""


class StableIds(Protocol):
    """Records of data files, by their stable id `addon.name`."""

    def find(self, env: Env, stable_id: str) -> tuple[str, int] | None:
        """(model, id), or None where there is no such record."""
        ...


class SettingsStore(Protocol):
    """Where typed settings of addons are kept."""

    def load(self, env: Env, addon: str) -> Mapping[str, Any]:
        """The values that were set, in wire form."""
        ...


class ExtraFields(Protocol):
    """The fields that the tenant's administrators added."""

    def definitions(self, env: Env) -> ExtraSet:
        """All of them: the same object until one changes. `env` is the system's."""
        ...


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """What a field of numbers counts. `name` is `model.field`; `period` is "", "year" or "month"."""

    name: str
    label: str
    pattern: str
    gapless: bool = False
    by_company: bool = False
    period: str = ""


@dataclass(frozen=True, slots=True)
class NumberFor:
    """What decides the number of one record: its company, and the day or moment (None: now) of its period."""

    company: int | None = None
    at: dt.date | None = None


class Numbers(Protocol):
    """What was given out of each series of numbers."""

    def draw(self, env: Env, series: NumberSeries, wanted: Sequence[NumberFor]) -> list[str]:
        """As many new numbers, in this order. `env` is the system's; called inside of a flush: no ORM queries."""
        ...


class Storage(Protocol):
    """Where the bytes of files lie, each content once, by the hex SHA-256 of it. One per tenant."""

    def put(self, content: bytes | IO[bytes]) -> str:
        """Keep a content, safe on disk when this returns; its SHA-256. What is there already is not written again."""
        ...

    def open(self, sha256: str) -> IO[bytes]:
        """The content, from its beginning; FileNotFoundError where it is not there."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether the content is there."""
        ...

    def delete(self, sha256: str) -> None:
        """Forget the content; harmless where it is not there."""
        ...

    def iterate(self) -> Iterator[tuple[str, float]]:
        """(SHA-256, seconds since it was last put) of every content."""
        ...

    def collect(self, used: Collection[str]) -> Sequence[str]:
        """Delete what is in nobody's use for a day or longer; the SHA-256 of what went."""
        ...


class Secrets(Protocol):
    """Encrypts the values of `secret=True` fields. One per tenant."""

    def seal(self, text: str, purpose: str) -> str:
        """`text` encrypted for `purpose` (model and field): it can be opened for no other."""
        ...

    def open(self, token: str, purpose: str) -> str:
        """What was sealed; ValueError with the reason where the key is not at hand or the token was changed."""
        ...

    def current(self, token: str) -> bool:
        """Whether the token was sealed with the key that seals now."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one record: `values` are field -> (before, after) in wire form, links as ids."""

    model: str
    id: int
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Noted:
    """A change as the log gives it back: who, when, and the number of the transaction."""

    change: Change
    user: int | None
    at: dt.datetime
    batch: int


class ChangeLog(Protocol):
    """Keeps what happened to records of models with `tracked=True` fields."""

    def written(self, env: Env, changes: Sequence[Change]) -> None:
        """Records were changed: everything that one flush changed, at once."""
        ...

    def deleting(self, env: Env, taken: Mapping[str, tuple[ModelInfo, Collection[int]]]) -> None:
        """These records are about to be deleted; their rows are still there. Keep an image of each."""
        ...

    def of(self, env: Env, model: str, ids: Collection[int], limit: int) -> Sequence[Noted]:
        """What happened to records that are there, the newest first. `env` is the system's."""
        ...

    def prune(self, env: Env) -> int:
        """Forget what is older than it is to be kept; how many records of it."""
        ...


class HookCaller(Protocol):
    """`env.hooks(records_created)(env=env, records=new)`."""

    def __call__(self, spec: Callable[P, R]) -> Callable[P, R]:
        """The caller of a hook; the spec's own type says what all answers together are."""
        ...


class TenantInfo(Protocol):
    """The tenant an env works in."""

    @property
    def name(self) -> str:
        """Its name in the directory."""
        ...

    @property
    def uuid(self) -> str:
        """Its identity, which a rename keeps."""
        ...

    def cached(self, key: object, build: Callable[[], R]) -> R:
        """A value kept until access rows, rules, groups, settings or languages change."""
        ...

    def changed(self) -> None:
        """Say that something kept values rest on was changed in this transaction."""


class Unheard:
    """Record hooks and hook callers of a registry without addons: nobody listens."""

    def listens(self, event: str) -> bool:
        return False

    def created(self, env: Env, records: Model) -> None: ...

    def written(self, env: Env, records: Model, changed: frozenset[str]) -> None: ...

    def deleting(self, env: Env, records: Model) -> None: ...

    def __call__(self, spec: Callable[P, R]) -> Callable[P, R]:
        def nobody(*_: P.args, **__: P.kwargs) -> Any:
            return []

        return nobody


_UNHEARD = Unheard()


@dataclass(frozen=True, slots=True)
class Ports:
    """One provider of each port. `policy=None` denies everything to everybody but the system."""

    policy: AccessPolicy | None = None
    users: UserDirectory | None = None
    record_hooks: RecordHooks = field(default=_UNHEARD)
    stable_ids: StableIds | None = None
    settings: SettingsStore | None = None
    hooks: HookCaller = field(default=_UNHEARD)
    tenant: TenantInfo | None = None
    numbers: Numbers | None = None
    extra_fields: ExtraFields | None = None
    storage: Storage | None = None
    secrets: Secrets | None = None
    changes: ChangeLog | None = None
