"""The error tree: each error says what happened with the values, and what to do next.

Every class has a stable `code`; `docs/errors.md` has one section per code. Raise the narrowest class.
A `UserError` is shown to the person and rolls back; a `DeveloperError` is a bug in an addon.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar


def suggest(name: str, candidates: Iterable[str]) -> str:
    """` Did you mean "x"?` for the nearest of `candidates`, or an empty text."""
    near = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


class TenonError(Exception):
    """Base of all errors of Tenon. `details` is data for programs and must be JSON-serialisable."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, text: str, *, hint: str = "", code: str = "", **details: Any) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.error_code = code or type(self).code
        self.details: dict[str, Any] = details

    def __str__(self) -> str:
        return f"{self.text}\n{self.hint}" if self.hint else self.text

    def as_json(self) -> dict[str, Any]:
        """The wire form: code, text, hint, details; `record` and `field` where the error has them."""
        answer: dict[str, Any] = {"code": self.error_code, "text": self.text, "hint": self.hint}
        record, field = getattr(self, "record", None), getattr(self, "field", None)
        if record is not None:
            answer["record"] = record
        if field is not None:
            answer["field"] = field
        if self.details:
            answer["details"] = self.details
        return answer


class UserError(TenonError):
    """Something cannot be done as asked, for a reason of the product. The text is shown to the person."""

    code = "user"
    status = 400


class ValidationError(UserError):
    """A value breaks a rule of the model. `record` is `[model, id]`, `field` a field's name."""

    code = "validation"
    status = 422

    def __init__(
        self,
        text: str,
        *,
        record: tuple[str, int | None] | None = None,
        field: str | None = None,
        hint: str = "",
        code: str = "",
        **details: Any,
    ) -> None:
        super().__init__(text, hint=hint, code=code, **details)
        self.record = list(record) if record else None
        self.field = field


class AccessError(UserError):
    """The person has no right to do this, or the record would leave what the person may see."""

    code = "access"
    status = 403


class MissingError(UserError):
    """The record does not exist, or the person may not know that it does: one answer for both."""

    code = "missing"
    status = 404


class ConflictError(UserError):
    """Somebody else changed the same thing first. Nothing was written."""

    code = "conflict"
    status = 409


class LimitError(UserError):
    """A limit of the plan, of the server or of the caller is reached."""

    code = "limit"
    status = 402


class BusyError(UserError):
    """The server cannot answer now; nothing was done; the same request may succeed in a moment."""

    code = "busy"
    status = 503


class EditionError(BusyError):
    """This process runs another edition of the code than the tenant's database is at.

    `revisions` says what the database is at, by addon, for whoever looks for a process that fits.
    """

    code = "edition"

    def __init__(self, text: str, *, revisions: Mapping[str, str], hint: str = "") -> None:
        super().__init__(text, hint=hint)
        self.revisions = revisions


class DeveloperError(TenonError):
    """A mistake in an addon (or in the kernel) that shows when the code runs."""

    code = "developer"
    rule = "model-declaration"
    """What the addon doctor calls it (`kernel.addons.rules`)."""

    def __init__(self, text: str, *, hint: str = "", code: str = "", rule: str = "", **details: Any) -> None:
        super().__init__(text, hint=hint, code=code, **details)
        if rule:
            self.rule = rule


class UnknownFieldError(DeveloperError):
    """A model has no field of this name."""

    code = "unknown_field"
    rule = "model-unknown-field"
    status = 400

    def __init__(self, model: str, field: str, candidates: Iterable[str] = (), *, where: str = "") -> None:
        place = f"{where}: " if where else ""
        super().__init__(f'{place}no field "{field}" on {model}.{suggest(field, candidates)}', model=model)
        self.field = field


class UnknownModelError(DeveloperError):
    """No installed addon declares a model of this name."""

    code = "unknown_model"
    status = 404

    def __init__(self, model: str, candidates: Iterable[str] = ()) -> None:
        super().__init__(f'No model "{model}" is installed.{suggest(model, candidates)}', model=model)


class NotInstalledError(DeveloperError):
    """A class was used whose addon is not installed in this tenant."""

    code = "not_installed"


class SingletonError(DeveloperError):
    """A field was read or set where one record was expected, and none or several were there."""

    code = "singleton"


class RegistryError(DeveloperError):
    """The models of a set of addons do not fit together. Names both places as `file:line`."""

    code = "registry"
    rule = "model-does-not-fit"


class HookError(DeveloperError):
    """A hook is misspelt, wrongly called, or raised. Names addon, hook, file and line."""

    code = "hook"


class TransactionDeadError(DeveloperError):
    """A statement failed before in this transaction, and PostgreSQL refuses the rest. Quotes the first error."""

    code = "transaction_dead"


class OutOfStepError(TenonError):
    """The tenant's database lacks what the code declares: an addon was changed and not upgraded."""

    code = "out_of_step"


class AddonError(TenonError):
    """An addon cannot be used. `findings` lists all faults at once."""

    code = "addon"
    status = 400

    def __init__(self, text: str, *, findings: Iterable[str] = (), hint: str = "", **details: Any) -> None:
        self.findings = tuple(findings)
        whole = "\n".join((text, *(f"  {finding}" for finding in self.findings)))
        super().__init__(whole, hint=hint, **details)


class ManifestError(AddonError):
    """A `manifest.toml` has faults."""

    code = "manifest"


class GraphError(AddonError):
    """Addons need each other in a way that cannot be met: a gap, a cycle, a version."""

    code = "graph"


class LoadError(AddonError):
    """An addon's code, data, views or rights cannot be loaded."""

    code = "load"


class MigrateError(AddonError):
    """An addon's migrations cannot be applied, or do not lead to its models."""

    code = "migrate"


class ConfigError(TenonError):
    """The configuration is wrong; raised before anything starts. All faults at once."""

    code = "config"

    def __init__(self, text: str, *, faults: Iterable[str] = (), hint: str = "") -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join((text, *(f"  {fault}" for fault in self.faults))), hint=hint)


class ServeError(TenonError):
    """A server, or a new generation of its workers, cannot start; or there is no server to give an order to."""

    code = "serve"


def all_codes() -> Mapping[str, type[TenonError]]:
    """Code -> class, for the documentation test."""

    def walk(cls: type[TenonError]) -> Iterable[type[TenonError]]:
        yield cls
        for child in cls.__subclasses__():
            yield from walk(child)

    return {cls.code: cls for cls in walk(TenonError)}
