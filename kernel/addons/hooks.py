"""Hooks: how addons answer to each other without naming each other (pluggy, one manager per registry).

A spec is a typed function without a body; decorated, it is the key by which the hook is called:

    @hookspec
    def loyalty_points_given(env: Env, partner: Partner) -> None: ...

    env.hooks(loyalty_points_given)(env=env, partner=partner)

`-> T` collects `list[T]` of all answers that are not None, in load order; `@hookspec(first=True)` stops at
the first answer that is not None and gives `T | None`. Every fault (a misspelt hook, a wrong argument, a
spec nobody calls) is an error when the registry is built, with file and line.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast, overload

import pluggy
import psycopg

from kernel.addons.findings import Findings, shown_path
from kernel.errors import HookError, LoadError, TenonError, suggest

PROJECT: Final = "tenon"
P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

hookimpl = pluggy.HookimplMarker(PROJECT)
_mark_spec = pluggy.HookspecMarker(PROJECT)


class HookSpec(Generic[P, R]):
    """A declared hook. Its type is the type of the call: `env.hooks(spec)` is callable as `spec` is."""

    def __init__(self, function: Callable[..., Any], first: bool) -> None:
        functools.update_wrapper(self, function)
        self.name: str = function.__name__
        self.first = first
        self.function = _mark_spec(function, firstresult=first)
        self.arguments = tuple(inspect.signature(function).parameters)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        raise HookError(
            f'The hook "{self.name}" was called by itself.', hint=f"Call it by env.hooks({self.name})(...)."
        )

    def __repr__(self) -> str:
        return f"<hook {self.name}({', '.join(self.arguments)})>"


@overload
def hookspec(function: Callable[P, T], /) -> HookSpec[P, list[T]]: ...
@overload
def hookspec(*, first: bool) -> Callable[[Callable[P, T]], HookSpec[P, T | None]]: ...
def hookspec(function: Callable[..., Any] | None = None, /, *, first: bool = False) -> Any:
    """Declare a hook. Its name begins with the name of its addon."""
    if function is not None:
        return HookSpec[..., Any](function, False)
    return lambda declared: HookSpec[..., Any](declared, first)


@dataclass(frozen=True, slots=True)
class HookSource:
    """A module that declares or implements hooks, and the addon it belongs to ("" is the kernel)."""

    addon: str
    module: ModuleType
    folder: Path

    def specs(self) -> list[HookSpec[..., Any]]:
        """The specs declared in the package of the module, not those imported from other addons.

        Models that call a hook cannot import `hooks.py`, which imports models: then the specs are in a module
        of their own, and `hooks.py` imports them.
        """
        package = self.module.__name__.rpartition(".")[0] + "."
        return [
            value
            for value in vars(self.module).values()
            if isinstance(value, HookSpec) and value.__module__.startswith(package)
        ]

    def impls(self) -> dict[str, Callable[..., Any]]:
        """Hook name -> function, in the order they are written."""
        return {
            name: value
            for name, value in vars(self.module).items()
            if inspect.isfunction(value) and hasattr(value, f"{PROJECT}_impl")
        }

    def place(self, function: Callable[..., Any]) -> tuple[str, int]:
        """File and line of a function, as people name them."""
        code = inspect.unwrap(function).__code__
        return shown_path(Path(code.co_filename), self.folder), code.co_firstlineno


class _Bag:
    """What pluggy registers: functions as attributes, compared by identity."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.__dict__.update(functions)


def _no_answer(*_: Any, **__: Any) -> None:
    return None


def _no_answers(*_: Any, **__: Any) -> list[Any]:
    return []


class Hooks:
    """The hooks of one set of addons: checked, immutable, shared by all tenants with that set."""

    def __init__(
        self,
        kernel: HookSource,
        addons: Sequence[HookSource],
        texts: Mapping[str, str],
        findings: Findings | None = None,
    ) -> None:
        """`texts` maps addon -> all its source code, to see whether its specs are called.

        Faults raise LoadError; with `findings` they are noted there, and an addon that has some answers nothing.
        """
        noted = Findings() if findings is None else findings
        self._specs = _collect_specs((kernel, *addons), texts, noted)
        sound = [source for source in addons if not _check_impls(source, self._specs, noted)]
        if findings is None:
            noted.raise_if_any("The hooks of these addons do not fit:", LoadError)
        addons = sound
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(cast(Any, _Bag({spec.name: spec.function for spec in self._specs.values()})))
        for source in reversed(addons):  # pluggy calls the last registered first
            self._manager.register(_Bag(source.impls()), name=source.addon)
        self._impls = _implementations(addons)
        self._callers = {name: self._caller(spec) for name, spec in self._specs.items()}

    def __call__(self, spec: Callable[P, R]) -> Callable[P, R]:
        """The caller of a hook, typed by its spec: `hooks(records_created)(env=env, records=new)`."""
        name = cast("HookSpec[P, R]", spec).name
        try:
            return self._callers[name]
        except KeyError:
            raise HookError(
                f'The hook "{name}" belongs to an addon that is not installed here.',
                hint="Only hooks of the kernel and of addons named in `depends` can be called.",
            ) from None

    def has(self, spec: Callable[..., Any]) -> bool:
        """Whether anybody answers, so that a hot path can skip preparing the arguments."""
        return cast("HookSpec[..., Any]", spec).name in self._impls

    def addons_of(self, spec: Callable[..., Any]) -> tuple[str, ...]:
        """The addons that answer, in load order."""
        return tuple(self._impls.get(cast("HookSpec[..., Any]", spec).name, {}))

    @property
    def specs(self) -> Mapping[str, HookSpec[..., Any]]:
        """All hooks known here, by name."""
        return self._specs

    def _caller(self, spec: HookSpec[..., Any]) -> Callable[..., Any]:
        impls = self._impls.get(spec.name)
        if not impls:
            return _no_answer if spec.first else _no_answers
        call = getattr(self._manager.hook, spec.name)
        names = spec.arguments
        places = {inspect.unwrap(function).__code__: (source, function) for source, function in impls.values()}

        def run(*args: Any, **kwargs: Any) -> Any:
            if args:
                kwargs.update(zip(names, args, strict=False))
            try:
                return call(**kwargs)
            except Exception as error:
                located = _located(error, spec.name, places)
                if located is error:
                    raise
                raise located from error

        return run


_Impls = dict[str, dict[str, tuple[HookSource, Callable[..., Any]]]]


def _implementations(addons: Sequence[HookSource]) -> _Impls:
    found: _Impls = {}
    for source in addons:
        for name, function in source.impls().items():
            found.setdefault(name, {})[source.addon] = (source, function)
    return found


def _collect_specs(
    sources: Iterable[HookSource], texts: Mapping[str, str], findings: Findings
) -> dict[str, HookSpec[..., Any]]:
    specs: dict[str, HookSpec[..., Any]] = {}
    for source in sources:
        for spec in source.specs():
            path, line = source.place(spec.function)
            if source.addon and not spec.name.startswith(f"{source.addon}_"):
                findings.add(
                    path, line, spec.name, f'a hook of this addon is named "{source.addon}_..."', rule="hook-wrong-name"
                )
            elif source.addon and len(re.findall(rf"\b{spec.name}\b", texts.get(source.addon, ""))) < 2:
                findings.add(
                    path,
                    line,
                    spec.name,
                    "this hook is declared, but nothing in its addon calls it",
                    rule="hook-unused",
                )
            specs[spec.name] = spec
    return specs


def _check_impls(source: HookSource, specs: Mapping[str, HookSpec[..., Any]], findings: Findings) -> bool:
    """Note functions that answer no hook, or ask for what it does not give; whether there are some."""
    before = len(findings)
    for name, function in vars(source.module).items():
        own = inspect.isfunction(function) and function.__module__ == source.module.__name__
        if own and name in specs and not hasattr(function, f"{PROJECT}_impl"):
            text = "is named like a hook, and nothing calls it: @hookimpl is missing"
            findings.add(*source.place(function), name, text, rule="hook-unmarked")
    for name, function in source.impls().items():
        path, line = source.place(function)
        options: dict[str, Any] = getattr(function, f"{PROJECT}_impl")
        spec = specs.get(name)
        if spec is None:
            if not options.get("optionalhook"):
                findings.add(path, line, name, f"there is no such hook.{suggest(name, specs)}", rule="hook-unknown")
            continue
        for argument in inspect.signature(function).parameters:
            if argument not in spec.arguments:
                known = f"the hook has ({', '.join(spec.arguments)})"
                near = suggest(argument, spec.arguments)
                findings.add(
                    path, line, name, f'there is no argument "{argument}": {known}.{near}', rule="hook-unknown-argument"
                )
    return len(findings) > before


def _located(
    error: Exception, hook: str, places: Mapping[CodeType, tuple[HookSource, Callable[..., Any]]]
) -> Exception:
    """The error that tells addon, hook, file and line.

    Errors made for a person and errors of the database keep their class: the first are shown, the second
    decide whether the transaction is tried again. They get a note instead.
    """
    source, line = _culprit(error.__traceback__, places)
    if source is None:
        return error
    text = f'The hook "{hook}" of addon "{source.addon}" ({source.place_name}:{line})'
    if isinstance(error, (TenonError, psycopg.Error)):
        error.add_note(f"{text} raised it.")
        return error
    return HookError(f"{text} failed: {type(error).__name__}: {error}", addon=source.addon, hook=hook)


@dataclass(frozen=True, slots=True)
class _Place:
    addon: str
    place_name: str


def _culprit(
    trace: TracebackType | None, places: Mapping[CodeType, tuple[HookSource, Callable[..., Any]]]
) -> tuple[_Place | None, int]:
    """The last implementation on the way down, and the line in it."""
    found: tuple[_Place | None, int] = (None, 0)
    while trace is not None:
        entry = places.get(trace.tb_frame.f_code)
        if entry is not None:
            source, function = entry
            found = (_Place(source.addon, source.place(function)[0]), trace.tb_lineno)
        trace = trace.tb_next
    return found
