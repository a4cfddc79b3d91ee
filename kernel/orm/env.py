"""The env: who acts, in which company and language, on which transaction. Passed, never ambient.

All envs of a transaction share one unit of work. `as_user`, `as_system`, `with_company`, ... give other
envs on the same transaction; an env of the same kind is made once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from kernel.errors import AccessError, DeveloperError, MissingError, ValidationError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.extra.seen import ExtraEnv
from kernel.orm.fields.relation import DraftId
from kernel.orm.out_of_step import explainer
from kernel.orm.over_query import ready
from kernel.orm.ports import Operation, Ports, TenantInfo, UserInfo
from kernel.orm.query.reader import Reader
from kernel.orm.reading.scope import Scope
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.settings import Settings
from kernel.orm.work import EnvColumns, UnitOfWork
from kernel.orm.writing import flush as flushing

if TYPE_CHECKING:
    from kernel.db.transaction import Transaction
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Registry

M = TypeVar("M", bound="Model")
S = TypeVar("S", bound=Settings)
P = ParamSpec("P")
R = TypeVar("R")

TENANT = "*"
"""As the language of an env: whatever the tenant's is, found out when it is needed."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
NOBODY = UserInfo(0, name="System", login="system")


class Env(ExtraEnv):
    """An actor's view of one transaction."""

    def __init__(
        self,
        work: UnitOfWork,
        ports: Ports,
        *,
        user_id: int | None = None,
        is_system: bool = False,
        company: int | None = None,
        language: str = "",
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.work = work
        self.ports = ports
        self.tx: Transaction = work.tx
        self.registry: Registry = work.registry
        self.user_id = user_id
        self.is_system = is_system
        self.context: Mapping[str, Any] = context or {}
        self._company = company
        self._language = language
        self.columns = EnvColumns(work, None if is_system else self.hides)
        self.granted: dict[str, set[Any]] = {}
        self.guarded: dict[str, tuple[int, int]] = {}
        """Per model the id after those that `kernel.orm.reading.guard` asked for last, and how many they were."""
        self.settable: dict[str, dict[str, Bound]] = {}
        self.orders: dict[Any, Any] = {}
        self._rules: dict[tuple[str, str], Domain | None] = {}
        self._may: dict[tuple[str, str], bool] = {}
        self._hidden: dict[str, frozenset[str]] = {}
        self._user: UserInfo | None = None
        self._reader: Reader | None = None
        self._languages: tuple[str, ...] = ()
        work.envs[self._key()] = self

    @classmethod
    def open(cls, tx: Transaction, registry: Registry, ports: Ports, *, user_id: int | None = None) -> Env:
        """The first env of a transaction: the user's, or the system's where no user is given."""
        work = UnitOfWork(tx, registry)
        tx.explain = explainer(registry)
        work.ports = ports
        work.envs[None] = system = cls(work, ports, user_id=user_id, is_system=True)
        return system if user_id is None else system.as_user(user_id)

    def __repr__(self) -> str:
        return "<env of system>" if self.is_system else f"<env of user {self.user_id}>"

    def _key(self) -> tuple[Any, ...]:
        context = tuple(sorted(self.context.items(), key=lambda item: item[0]))
        return (self.user_id, self.is_system, self._company, self._language, repr(context))

    def _other(self, **changes: Any) -> Env:
        return self._on(self.work, **changes)

    def _on(self, work: UnitOfWork, **changes: Any) -> Env:
        values = {
            "user_id": self.user_id,
            "is_system": self.is_system,
            "company": self._company,
            "language": self._language,
            "context": self.context,
            **changes,
        }
        context = tuple(sorted(values["context"].items(), key=lambda item: item[0]))
        key = (values["user_id"], values["is_system"], values["company"], values["language"], repr(context))
        return work.envs.get(key) or Env(work, self.ports, **values)

    def over(self, work: UnitOfWork, *, is_system: bool) -> Env:
        """The same actor, language and company on another unit of work: a draft's, or the one below it."""
        return self._on(work, is_system=is_system)

    # -- other envs on the same transaction ------------------------------------------------------------
    def as_user(self, user_id: int | None) -> Env:
        """The env of a user, with that user's rights; None is a visitor, who has none."""
        return self._other(user_id=user_id, is_system=False, company=None, language="")

    def as_system(self, why: str) -> Env:
        """The same actor without any limit of rights. `why` says in words what needs it."""
        if not why:
            raise DeveloperError("as_system() needs the reason in words.")
        return self if self.is_system else self._other(is_system=True)

    def with_company(self, company: int | Model) -> Env:
        """The same actor, working in another company (an id or a record); AccessError for one that is not theirs."""
        id = company if isinstance(company, int) else int(company.id)
        if not self.is_system and id not in self.user.companies:
            raise AccessError("You do not work for this company.", hint="Ask an administrator to add you to it.")
        return self._other(company=id)

    def with_language(self, language: str) -> Env:
        """The same actor, reading and writing texts in another language, like `pt-BR`."""
        if language != TENANT and not _LANGUAGE.fullmatch(language):
            raise ValidationError(f"{language!r} is no language.", hint="Use a code like en or pt-BR.")
        return self._other(language=language)

    def with_context(self, **context: Any) -> Env:
        """The same actor, with hints for the code that runs."""
        return self._other(context={**self.context, **context})

    # -- who and when ----------------------------------------------------------------------------------
    @property
    def user(self) -> UserInfo:
        """The acting user; the system where nobody acts."""
        if self._user is None:
            if self.user_id is None or self.ports.users is None:
                self._user = NOBODY if self.user_id is None else UserInfo(self.user_id)
            else:
                self._user = self.ports.users.user(self.as_system("who is the acting user"), self.user_id)
        return self._user

    @property
    def company(self) -> int | None:
        """The company worked in: the chosen one, else the user's first."""
        if self._company is not None:
            return self._company
        return self.user.companies[0] if self.user.companies else None

    @property
    def language(self) -> str:
        """The language texts are read and written in: the chosen one, else the user's, else the tenant's."""
        if self._language == TENANT or (not self._language and self.user_id is None):
            return self.tenant_language
        return self._language or self.user.language

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of all languages that texts can be kept in; the tenant's is the first."""
        if not self._languages:
            users = self.ports.users
            self._languages = ("en",) if users is None else users.languages(self.as_system("which languages there are"))
        return self._languages

    @property
    def tenant_language(self) -> str:
        """The language that is read where a text is not translated."""
        return self.languages[0]

    @property
    def tz(self) -> str:
        """The zone of the user's clock; a query that is given it knows the reader's language and company, too."""
        if self._reader is None:
            self._reader = Reader.of(self.user.tz, self)
        return self._reader

    @property
    def tenant(self) -> TenantInfo | None:
        """The tenant worked in; None in tests of the kernel."""
        return self.ports.tenant

    def now(self) -> dt.datetime:
        """The moment, in UTC."""
        return dt.datetime.now(dt.UTC)

    def today(self) -> dt.date:
        """The day on the user's clock."""
        return dt.datetime.now(ZoneInfo(self.tz)).date()

    def variables(self) -> dict[str, Any]:
        """What `{"$": name}` stands for in domains."""
        who = {"user": self.user_id, "company": self.company, "companies": list(self.user.companies)}
        return {**who, "today": self.today(), "now": self.now()}

    def warn(self, text: str) -> None:
        """Tell the person at the form something; for onchange methods, where it changes nothing."""
        if not self.work.draft:
            raise DeveloperError("env.warn() is for onchange methods: outside of a draft nobody would see it.")
        self.work.warnings += [] if text in self.work.warnings else [text]

    # -- models ------------------------------------------------------------------------------------------
    def __getitem__(self, cls: type[M]) -> M:
        """A typed, empty recordset of the model that `cls` declares or extends."""
        return self.records(self.registry.model_of(cls), ())  # type: ignore[return-value]

    def model(self, name: str) -> Model:
        """An empty recordset, for names that come from outside."""
        return self.records(self.registry.model(name), ())

    def has(self, name: str) -> bool:
        """Whether the model `name` is installed."""
        return name in self.registry.models

    def records(self, model: ModelInfo, ids: tuple[Any, ...], *, readable: bool = False) -> Model:
        """A recordset over `ids`; `readable` where the read right was just checked."""
        return Scope(self, model, ids, readable=readable).records(ids)

    def ref(self, stable_id: str) -> Any:
        """The record with a stable id (`crm.stage_won`); raises MissingError."""
        store = self.ports.stable_ids
        found = store.find(self.as_system("stable ids"), stable_id) if store else None
        if found is None:
            raise MissingError(
                f'There is no record "{stable_id}".',
                hint="It may have been deleted, or its addon is not installed.",
            )
        return self.records(self.registry.model(found[0]), (found[1],))

    def hooks(self, spec: Callable[P, R]) -> Callable[P, R]:
        """The caller of a hook: `env.hooks(records_created)(env=env, records=new)`."""
        return self.ports.hooks(spec)

    def settings(self, cls: type[S]) -> S:
        """The typed settings of an addon."""
        store = self.ports.settings
        values = store.load(self.as_system("settings"), cls.__addon__) if store else {}
        return cls.read(values)

    # -- rights ------------------------------------------------------------------------------------------
    def may(self, model: ModelInfo, operation: Operation) -> bool:
        """Whether the actor may do this on the model at all."""
        if self.is_system:
            return True
        key = (model.name, operation)
        answer = self._may.get(key)
        if answer is None:
            policy = self.ports.policy
            answer = self._may[key] = policy is not None and policy.allowed(self, model.name, operation)
        return answer

    def rule(self, model: ModelInfo, operation: Operation) -> Domain | None:
        """The records on which the actor may do it, checked; None where it is all of them."""
        if self.is_system:
            return None
        key = (model.name, operation)
        if key not in self._rules:
            policy = self.ports.policy
            found = Domain.FALSE if policy is None else policy.rule(self, model.name, operation)
            checked = None if found is None else found.check(model)
            self._rules[key] = None if checked is not None and checked.key == Domain.TRUE.key else checked
        return self._rules[key]

    def sees_all(self, model: ModelInfo) -> bool:
        """Whether the actor may read every record of the model."""
        return self.is_system or (self.may(model, "read") and self.rule(model, "read") is None)

    def readable(self, model: ModelInfo, ids: Iterable[Any], columns: Sequence[Bound] = ()) -> set[Any]:
        """Which of `ids` the actor may read; remembered for the transaction. If it asks, it reads `columns`, too."""
        granted = self.granted.setdefault(model.name, set())
        drafts = self._drafts(ids)
        if not self.may(model, "read"):
            return drafts
        unknown = [id for id in ids if id and id not in granted and id not in drafts]
        if unknown:
            held = self.work.standing.of(model, self._settled_rule(model, "read", unknown))
            rest = [id for id in unknown if id not in held]
            found = self.satisfying(model, rest, "read", columns) if rest else set()
            self.grant(model, found | held.intersection(unknown))
        return granted.intersection(ids) | drafts

    def grant(self, model: ModelInfo, ids: Iterable[Any]) -> None:
        """Note that a query found these records, under the rule for reading."""
        self.granted.setdefault(model.name, set()).update(ids)
        self.work.standing.of(model, self._settled_rule(model, "read", ())).update(ids)

    def changeable(self, model: ModelInfo, ids: Sequence[Any]) -> set[Any]:
        """Which of `ids` the actor may write to, and read: else a forbidden id could be told from a missing one."""
        held = self.work.standing.of(model, self._settled_rule(model, "write", ids))
        unknown = [id for id in ids if id not in held]
        if unknown:
            held |= self.satisfying(model, unknown, "write")
        found = held.intersection(ids)
        if self.may(model, "read") and self.rule(model, "read") in (None, self.rule(model, "write")):
            return found
        return found & self.readable(model, ids)

    def satisfying(
        self, model: ModelInfo, ids: Iterable[Any], operation: Operation | str, columns: Sequence[Bound] = ()
    ) -> set[Any]:
        """Which of `ids` satisfy the actor's rule for `operation`: one query, which also reads `columns`."""
        drafts = self._drafts(ids)
        stored = tuple([id for id in ids if id and id not in drafts])
        if not stored:
            return drafts
        rule = self._settled_rule(model, operation, stored)
        self.work.alive()
        if model.query:
            ready(self.work, model)
        sql, values = query.select(model, rule, columns=columns, ids=stored, order=(), tz=self.tz)
        rows = self.tx.rows(sql, values)
        if columns:  # most ask for ids alone, and turning 5,000 rows for nothing is 6% of W10
            self.work.fill(columns, rows)
        return {row[0] for row in rows} | drafts

    def _drafts(self, ids: Iterable[Any]) -> set[Any]:
        return {id for id in ids if isinstance(id, DraftId)} if self.work.draft else set()

    def _settled_rule(self, model: ModelInfo, operation: Operation | str, ids: Sequence[Any]) -> Domain:
        """The actor's rule; the database has by now what it looks at on `ids`."""
        rule = self.rule(model, operation)  # type: ignore[arg-type]
        rule = Domain.TRUE if rule is None else rule
        names = query.own_fields(rule)
        if ids and (names is None or not self.work.settled(model, names, ids)):
            self.flush()
        return rule

    def view(self, model: ModelInfo) -> tuple[Domain | None, frozenset[str]]:
        """What the actor sees of a model reached by a path: its read rule and hidden fields."""
        if not self.may(model, "read"):
            return Domain.FALSE, frozenset()
        return self.rule(model, "read"), self.hidden_names(model)

    def search_terms(self, bound: Bound, operator: str, value: Any) -> Domain:
        """The domain that the field's @search method returns for (operator, value)."""
        found: Domain = getattr(self.records(bound.model, ()), bound.field.search_name)(operator, value)
        return found

    def hidden_names(self, model: ModelInfo) -> frozenset[str]:
        """Names of the fields the actor may not know of. A secret is known; only whether it is set can be read."""
        if self.is_system:
            return frozenset()
        names = self._hidden.get(model.name)
        if names is None:
            secret = {bound.name for bound in model.fields.values() if bound.field.hashed}
            policy = self.ports.policy
            names = frozenset(secret | (policy.hidden_fields(self, model.name) if policy else set()))
            self._hidden[model.name] = names
        return names

    def hides(self, bound: Bound) -> bool:
        """Whether the actor may not know of the field."""
        return bound.name in self.hidden_names(bound.model)

    # -- the transaction ---------------------------------------------------------------------------------
    def sql(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Flush, run a statement with bound parameters (`%s`), and return its rows. Rights are not asked."""
        self.flush()
        cursor = self.tx.execute(statement, params)
        return cursor.fetchall() if cursor.description else []

    def flush(self) -> None:
        """Write everything that is not written yet."""
        flushing.flush(self)

    def invalidate(self) -> None:
        """Flush, then forget all cached values: after taking locks, or after SQL that changed rows."""
        flushing.complete(self)
        self.work.forget_values()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Flush on entry and exit; an error inside rolls back SQL, cache and unwritten changes, and travels on."""
        flushing.complete(self)
        try:
            with self.tx.savepoint():
                yield
                flushing.complete(self)
        except BaseException:
            self.work.forget_all()
            raise
