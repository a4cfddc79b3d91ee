"""The rules of the quality ladder: what each asks of an addon, read from its files and code, without a database.

What the doctor looks for (`kernel.addons.rules`) is taken from its findings; only the rest is looked for here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from packaging.version import Version

from kernel.addons.discovery.loader import Addon, python_files
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Finding

Level = Literal["bronze", "silver", "gold"]
LEVELS: Final[tuple[Level, ...]] = ("bronze", "silver", "gold")
STABLE: Final = Version("1.0")
AREA: Final = "quality-"
"""Rules of the doctor about `quality.toml` itself, which decide no level."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a rule misses: the file as people name it, with a line where there is one, and what is missing."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


@dataclass(frozen=True)
class Subject:
    """An addon as the rules look at it."""

    manifest: Manifest
    addon: Addon
    findings: tuple[Finding, ...]
    """What the doctor says of it; nothing about its quality."""

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.manifest.path

    def shown(self, name: str) -> str:
        """A file of the addon as people name it."""
        return self.addon.shown(self.folder / name)

    @cached_property
    def readme(self) -> str:
        """Its README.md; "" where there is none."""
        return self._text("README.md")

    @cached_property
    def changelog(self) -> str:
        """Its CHANGELOG.md; "" where there is none."""
        return self._text("CHANGELOG.md")

    @cached_property
    def tests(self) -> str:
        """The code of its tests: in its folder, or in `tests/NAME` beside `addons`, as the doctor has it."""
        places = (self.folder / "tests", self.folder.parents[1] / "tests" / self.manifest.name)
        files = (path for place in places for path in sorted(place.rglob("*.py")))
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One demand of a level: its id, what it means in a line, what to do, and how it is looked for."""

    id: str
    level: Level
    meaning: str
    hint: str
    lacks: Callable[[Subject], Iterator[Lack]]
    rests_on: str = ""
    """The rule of the doctor that it is or needs; waived in the manifest, it is exempt here for the same reason."""
    firm: bool = False
    """Whether nobody can be exempt from it."""


def _finds_no(rule: str) -> Callable[[Subject], Iterator[Lack]]:
    return lambda subject: _told(finding for finding in subject.findings if finding.rule == rule)


def _told(findings: Iterator[Finding]) -> Iterator[Lack]:
    for found in findings:
        place = f"{found.path}:{found.line}" if found.line else found.path
        yield Lack(place, f"{found.subject}: {found.text}" if found.subject else found.text)


def _errors(subject: Subject) -> Iterator[Lack]:
    return _told(finding for finding in subject.findings if finding.severity == "error")


def _warnings(subject: Subject) -> Iterator[Lack]:
    return _told(finding for finding in subject.findings if finding.severity == "warning")


def _untyped(subject: Subject) -> Iterator[Lack]:
    """Functions with a parameter or an answer that says no type; `self` and `cls` need none."""
    for path in python_files(subject.folder):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue  # an error of the doctor's
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (bare := _bare(node)):
                yield Lack(f"{subject.addon.shown(path)}:{node.lineno}", f"{node.name}: no type of {', '.join(bare)}")


def _bare(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    bare = [arg.arg for arg in named if arg.annotation is None and arg.arg not in ("self", "cls")]
    return [*bare, *(["what it returns"] if function.returns is None else [])]


def _models_untested(subject: Subject) -> Iterator[Lack]:
    """Models and extensions that no test names, neither by class nor by name."""
    for cls in subject.addon.classes:
        said = cls.__declaration__
        if said.kind != "mixin" and not _names(subject.tests, cls.__name__, said.model):
            place = f"{subject.addon.shown(Path(said.place.file))}:{said.place.line}"
            yield Lack(place, f"no test names {cls.__name__} or {said.model}")


def _settings_unsaid(subject: Subject) -> Iterator[Lack]:
    for cls in subject.addon.settings:
        said = f"{cls.__doc__ or ''}\n{subject.readme}"
        for name in cls.__annotations__:
            if f"`{name}`" not in said:
                place = subject.shown("/".join(cls.__module__.split(".")[2:]) + ".py")
                yield Lack(place, f"neither the docstring of {cls.__name__} nor README.md says what `{name}` is")


def _without_demo(subject: Subject) -> Iterator[Lack]:
    """An addon with tables of its own has records that show them: as files, or made by the hook `demo_data`."""
    own = [cls.__declaration__ for cls in subject.addon.classes]
    tables = [said.model for said in own if said.kind == "model" and not said.transient and not said.query]
    source = subject.addon.hook_source
    by_hook = source is not None and "demo_data" in source.impls()
    if tables and not subject.addon.files("data/demo") and not by_hook:
        yield Lack(subject.shown("data/demo"), f"there are no demo records of {tables[0]}")


def _unlogged(subject: Subject) -> Iterator[Lack]:
    version = subject.manifest.version
    if not re.search(rf"^#+ .*(?<![\w.]){re.escape(str(version))}(?![\w.])", subject.changelog, re.MULTILINE):
        yield Lack(subject.shown("CHANGELOG.md"), f"no heading for version {version}")


def _waived(subject: Subject) -> Iterator[Lack]:
    for rule in subject.manifest.waived:
        yield Lack(subject.manifest.shown, f"waives {rule}")


def _unstable(subject: Subject) -> Iterator[Lack]:
    if subject.manifest.version < STABLE:
        yield Lack(subject.manifest.shown, f"version {subject.manifest.version} is before {STABLE}")


def _untranslated(subject: Subject) -> Iterator[Lack]:
    """Texts that templates mark, and that a catalog does not have."""
    from babel.messages.extract import extract_from_file  # noqa: PLC0415 - asked for by one command
    from babel.messages.pofile import read_po  # noqa: PLC0415

    texts: dict[str, str] = {}
    for path in subject.addon.files("templates"):
        if path.suffix in (".html", ".txt"):
            for line, message, _comments, _context in extract_from_file("jinja2.ext:babel_extract", path):
                text = message if isinstance(message, str) else message[0]
                texts.setdefault(text, f"{subject.addon.shown(path)}:{line}")
    catalogs = subject.addon.files("i18n")
    if texts and not catalogs:
        yield Lack(subject.shown("i18n"), f"no catalog translates the {len(texts)} texts of its templates")
    for path in catalogs:
        with path.open("rb") as file:
            catalog = read_po(file)
        for text, place in texts.items():
            found = catalog.get(text)
            if found is None or not found.string:
                yield Lack(place, f'"{text}" is not in {subject.addon.shown(path)}')


def _hooks_unsaid(subject: Subject) -> Iterator[Lack]:
    source = subject.addon.hook_source
    if source is None:
        return
    for spec in source.specs():
        if f"`{spec.name}" not in subject.readme:
            path, line = source.place(spec.function)
            yield Lack(f"{path}:{line}", f"README.md does not say when the hook `{spec.name}` is called")


def _methods_untested(subject: Subject) -> Iterator[Lack]:
    """Methods that clients may call, and no test does."""
    for cls in subject.addon.classes:
        for name, method in vars(cls).items():
            if hasattr(method, "__exposed__") and not _names(subject.tests, name):
                place = f"{subject.addon.shown(Path(method.__code__.co_filename))}:{method.__code__.co_firstlineno}"
                yield Lack(place, f"no test calls {cls.__name__}.{name}, which clients may call")


def _names(text: str, *words: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)


def _resting(id: str, level: Level, rule: str, meaning: str, hint: str) -> QualityRule:
    return QualityRule(id, level, meaning, hint, _finds_no(rule), rests_on=rule)


_ALL: Final = (
    QualityRule(
        "no-errors",
        "bronze",
        "`tenon addon check` finds no error.",
        "Mend what `tenon addon check` tells.",
        _errors,
        firm=True,
    ),
    _resting("readme", "bronze", "file-missing-readme", "It has a README.md.", "Say what it is for, to its users."),
    _resting("tests", "bronze", "file-missing-tests", "It has tests.", "Write tests/test_NAME.py."),
    _resting(
        "rights",
        "bronze",
        "access-missing-rows",
        "Each model has rows in security/access.csv.",
        "Write who may read, create, write and delete.",
    ),
    _resting(
        "history",
        "bronze",
        "migration-missing",
        "Its tables have a first revision.",
        "Run: tenon addon revision NAME",
    ),
    QualityRule(
        "no-warnings",
        "silver",
        "`tenon addon check` finds no warning that is not waived.",
        "Mend it, or waive it in manifest.toml with the reason.",
        _warnings,
    ),
    QualityRule(
        "typed",
        "silver",
        "Every function says the types of its parameters and of its answer.",
        "Write the types; `mypy --strict` then checks them.",
        _untyped,
    ),
    QualityRule(
        "models-tested",
        "silver",
        "A test names each model that it brings or extends.",
        "Write a test of what the model does.",
        _models_untested,
        rests_on="file-missing-tests",
    ),
    QualityRule(
        "settings-described",
        "silver",
        "Each setting is explained in the docstring of its class or in README.md.",
        "Write its name in backticks and what it does.",
        _settings_unsaid,
    ),
    QualityRule(
        "demo-data",
        "silver",
        "An addon with tables has demo records: files in data/demo, or the hook `demo_data`.",
        "Write a few records that show what it is for.",
        _without_demo,
    ),
    QualityRule(
        "changelog",
        "silver",
        "CHANGELOG.md has a heading for the version in the manifest.",
        "Write what is new for its users.",
        _unlogged,
    ),
    QualityRule(
        "nothing-waived",
        "gold",
        "The manifest waives nothing.",
        "Mend what is waived, and take the line out of [waived].",
        _waived,
    ),
    QualityRule(
        "stable-version",
        "gold",
        "The version is 1.0 or later.",
        "Release 1.0 when others can rely on what it offers.",
        _unstable,
    ),
    QualityRule(
        "translated",
        "gold",
        "A catalog in i18n/, and each that there is, has every text of its templates.",
        "Run: pybabel extract, init and update; then translate.",
        _untranslated,
    ),
    QualityRule(
        "hooks-described",
        "gold",
        "README.md names each hook that it offers to other addons.",
        "Say when it is called, and what an answer does.",
        _hooks_unsaid,
    ),
    QualityRule(
        "methods-tested",
        "gold",
        "A test calls each method that clients may call.",
        "Write a test that calls it.",
        _methods_untested,
        rests_on="file-missing-tests",
    ),
)
QUALITY: Final[Mapping[str, QualityRule]] = {rule.id: rule for rule in _ALL}
"""Every rule of the ladder by its id, lowest level first; `docs/authors/quality.md` lists them."""
