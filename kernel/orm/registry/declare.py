"""What a class statement declares: a model, an extension of one, or a mixin.

Three kinds of classes derive from `Model`:

- `class Partner(Model, name="contacts.partner")` declares a **model**;
- `class LoyalPartner(Partner, extend=True)` **extends** it in place (or extends a mixin);
- `class Tracked(Model, abstract=True)` is a **mixin**: no table, a plain base class of models.

A model with `query="SELECT ..."` has no table either: `kernel.orm.over_query`.

Nothing registers here. A declaration is kept on its class, and the registry composes the classes of
the installed addons (`kernel.orm.registry.compose`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from kernel.errors import DeveloperError, suggest
from kernel.orm.fields.base import Field
from kernel.orm.fields.choice import MoreValues
from kernel.orm.place import Place, caller_place
from kernel.orm.registry.constraints import Constraint

F = TypeVar("F", bound=Callable[..., Any])

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one class statement says."""

    kind: Literal["model", "extension", "mixin"]
    model: str
    place: Place
    fields: Mapping[str, Field[Any]]
    constraints: Mapping[str, Constraint]
    choices: Mapping[str, MoreValues]
    order: str = ""
    title: str = ""
    label: str = ""
    transient: bool = False
    extensible: bool = False
    query: str = ""
    reads: tuple[type[Any], ...] = ()


class ModelMeta(type):
    """Gives every declared class its `Declaration` and empty slots; composes nothing."""

    __model__: str
    __declaration__: Declaration

    def __new__(
        mcls,
        clsname: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        composed: bool = False,
        **options: Any,
    ) -> ModelMeta:
        namespace.setdefault("__slots__", ())
        for name, value in namespace.items():
            if isinstance(value, Field) and value.name:
                raise DeveloperError(
                    f"{caller_place(sys._getframe(1))}: the field {value.said} is given to {clsname}.{name} as well.",
                    hint="Make a field of its own for each attribute.",
                )
        cls = super().__new__(mcls, clsname, bases, namespace)
        if bases and not composed:
            cls.__declaration__ = _declare(cls, namespace, options)
            cls.__model__ = cls.__declaration__.model
        return cls

    def __setattr__(cls, name: str, value: Any) -> None:
        if isinstance(value, (Field, Constraint)) and "__declaration__" in cls.__dict__:
            raise DeveloperError(
                f"{caller_place(sys._getframe(1))}: {cls.__name__}.{name} is assigned after its class was declared, "
                f"at {cls.__declaration__.place}.",
                hint="Declare it in the class, or in an extension: class More(Base, extend=True).",
            )
        super().__setattr__(name, value)

    def __init__(cls, clsname: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> None:
        super().__init__(clsname, bases, namespace)


def _declare(cls: ModelMeta, namespace: dict[str, Any], options: dict[str, Any]) -> Declaration:
    place = caller_place(sys._getframe(2))
    name = options.pop("name", "")
    extend = options.pop("extend", False)
    abstract = options.pop("abstract", False)
    kind = _kind(cls, place, bool(name), extend, abstract)
    model = name or getattr(cls.__mro__[1], "__model__", "") if kind != "mixin" else ""
    if kind == "model" and not _NAME.fullmatch(name):
        raise DeveloperError(
            f'{place}: model name "{name}" must be "addon.noun" in small letters.', rule="model-wrong-name"
        )
    known = {"order", "title", "label", "transient", "extensible", "query", "reads"}
    unknown = [option for option in options if option not in known]
    if unknown:
        near = suggest(unknown[0], {*known, "name", "extend", "abstract"})
        raise DeveloperError(
            f'{place}: class {cls.__name__} has no option "{unknown[0]}".{near}', rule="model-unknown-option"
        )
    if "query" in options and kind != "model":
        raise DeveloperError(f"{place}: class {cls.__name__} says query=, which goes with name= only.")
    if "reads" in options and "query" not in options:
        raise DeveloperError(f"{place}: class {cls.__name__} says reads=, which goes with query= only.")
    return Declaration(
        kind=kind,
        model=model,
        place=place,
        fields={key: value for key, value in namespace.items() if isinstance(value, Field)},
        constraints={key: value for key, value in namespace.items() if isinstance(value, Constraint)},
        choices={key: value for key, value in namespace.items() if isinstance(value, MoreValues)},
        **options,
    )


def _kind(
    cls: ModelMeta, place: Place, named: bool, extend: bool, abstract: bool
) -> Literal["model", "extension", "mixin"]:
    if named + extend + abstract != 1:
        base = cls.__mro__[1].__dict__.get("__declaration__")
        of = f" Its base {cls.__mro__[1].__name__} is declared at {base.place}." if base is not None else ""
        raise DeveloperError(
            f'{place}: class {cls.__name__} must say exactly one of name="addon.noun" (a new model), '
            f"extend=True (an extension of its base class), abstract=True (a mixin).{of}"
        )
    if extend and "__declaration__" not in cls.__mro__[1].__dict__:
        raise DeveloperError(f"{place}: class {cls.__name__} extends {cls.__mro__[1].__name__}, which is no model.")
    return "model" if named else "extension" if extend else "mixin"


def validates(*fields: str) -> Callable[[F], F]:
    """The decorated method checks records once per batch when one of `fields` changed."""

    def decorate(method: F) -> F:
        method.__validates__ = fields  # type: ignore[attr-defined]
        return method

    return decorate


def before_delete(method: F) -> F:
    """The decorated method runs on the records about to be deleted, and may raise to refuse."""
    method.__before_delete__ = True  # type: ignore[attr-defined]
    return method


@overload
def exposed(method: F, /) -> F: ...
@overload
def exposed(*, auth: Literal["user", "public"] = "user") -> Callable[[F], F]: ...
def exposed(method: Any = None, /, *, auth: Literal["user", "public"] = "user") -> Any:
    """The decorated method may be called by clients: `@exposed` or `@exposed(auth="public")`."""

    def decorate(function: Any) -> Any:
        function.__exposed__ = auth
        return function

    return decorate if method is None else decorate(method)


def read_committed(method: F) -> F:
    """The decorated method locks rows before it reads them: a client's call of it runs READ COMMITTED.

    For exposed methods, and for `create`, `write` or `delete` where a model overrides them. An override of
    a marked method need not be marked again.
    """
    method.__read_committed__ = True  # type: ignore[attr-defined]
    return method


def is_read_committed(cls: type[Any], name: str) -> bool:
    """Whether a method of a model, or one that it overrides, is marked so."""
    return any(hasattr(base.__dict__.get(name), "__read_committed__") for base in cls.__mro__)
