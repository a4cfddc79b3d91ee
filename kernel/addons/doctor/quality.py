"""The quality ladder: the level that an addon states in `quality.toml`, and the one that it reaches.

    level = "silver"

    [exempt]
    demo-data = "its records come from a till"

A level is reached where every rule of it, and of those below it, is met or exempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kernel.addons.discovery.loader import Addon
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.discovery.source import TomlSource, read_toml
from kernel.addons.doctor.quality_rules import AREA, LEVELS, QUALITY, Lack, Level, QualityRule, Subject
from kernel.addons.findings import Finding, Findings, shown_path
from kernel.errors import suggest

FILE_NAME: Final = "quality.toml"
State = Literal["met", "exempt", "missing"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What `quality.toml` says; nothing, where there is none."""

    level: Level | None = None
    exempt: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    """Where the level stands."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an addon stands to one rule."""

    rule: QualityRule
    state: State
    reason: str = ""
    """Why it is exempt."""
    lacks: tuple[Lack, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The result for programs."""
        return {
            "rule": self.rule.id,
            "level": self.rule.level,
            "meaning": self.rule.meaning,
            "state": self.state,
            "reason": self.reason,
            "missing": [{"place": lack.place, "text": lack.text} for lack in self.lacks],
            "hint": self.rule.hint if self.lacks else "",
        }


@dataclass(frozen=True, slots=True)
class Quality:
    """The levels of one addon: stated and reached, with a result for each rule."""

    addon: str
    stated: Level | None
    results: tuple[Result, ...]

    @property
    def reached(self) -> Level | None:
        """The highest level of which nothing is missing, nor of those below it."""
        reached: Level | None = None
        for level in LEVELS:
            if self.missing(level):
                break
            reached = level
        return reached

    @property
    def next(self) -> Level | None:
        """The first level that is not reached; None above gold."""
        return next((level for level in LEVELS if self.missing(level)), None)

    @property
    def kept(self) -> bool:
        """Whether it reaches what it states."""
        return not self.short

    @property
    def short(self) -> tuple[Result, ...]:
        """What is missing of the level stated, and of those below it."""
        stated = LEVELS[: LEVELS.index(self.stated) + 1] if self.stated else ()
        return tuple(result for level in stated for result in self.missing(level))

    def missing(self, level: Level) -> tuple[Result, ...]:
        """The rules of one level that are neither met nor exempt."""
        return tuple(result for result in self.results if result.rule.level == level and result.state == "missing")

    def as_json(self) -> dict[str, Any]:
        """The levels for programs."""
        rules = [result.as_json() for result in self.results]
        return {"addon": self.addon, "stated": self.stated, "reached": self.reached, "kept": self.kept, "rules": rules}


def judge(addon: Addon, manifest: Manifest, findings: Iterable[Finding]) -> Quality:
    """The levels of an addon; `findings` is all that the doctor says of it."""
    said = read_statement(manifest, Findings())
    subject = Subject(manifest, addon, tuple(each for each in findings if not each.rule.startswith(AREA)))
    return Quality(manifest.name, said.level, tuple(_result(rule, subject, said) for rule in QUALITY.values()))


def check_quality(addon: Addon, manifest: Manifest, told: Iterable[Finding]) -> Findings:
    """What is wrong with `quality.toml`, and with what it states; nothing where there is no such file."""
    findings = Findings()
    said = read_statement(manifest, findings)
    quality = judge(addon, manifest, told) if said.level else None
    if quality is not None and not quality.kept:
        rules = ", ".join(result.rule.id for result in quality.short)
        text = f"states {said.level} and reaches {quality.reached or 'no level'}; missing: {rules}"
        hint = f"Run: tenon addon quality {manifest.name}"
        findings.add(_shown(manifest), said.line, "level", text, rule="quality-level-not-reached", hint=hint)
    return findings


def read_statement(manifest: Manifest, findings: Findings) -> Statement:
    """What `quality.toml` beside the manifest says; its faults are noted, and left out."""
    path = manifest.path / FILE_NAME
    source = read_toml(path, _shown(manifest), findings) if path.is_file() else None
    if source is None:
        return Statement()
    for key in source.data:
        if key not in ("level", "exempt"):
            text = f"no such key.{suggest(key, ('level', 'exempt'))}"
            findings.add(source.shown, source.line(key), key, text, rule="quality-unknown-key")
    level: Any = source.data.get("level")
    if level not in LEVELS:
        text = f"{level!r} is no level" if "level" in source.data else "is missing"
        text += f": {', '.join(LEVELS)}.{suggest(str(level), LEVELS)}"
        findings.add(source.shown, source.line("level"), "level", text, rule="quality-unknown-level")
        level = None
    return Statement(level, _exemptions(source, findings), source.line("level"))


def _exemptions(source: TomlSource, findings: Findings) -> Mapping[str, str]:
    said: Any = source.data.get("exempt", {})
    if not isinstance(said, dict):
        text = 'is a table: [exempt], then demo-data = "why"'
        findings.add(source.shown, source.line("exempt"), "exempt", text, rule="quality-missing-reason")
        return {}
    exempt: dict[str, str] = {}
    for name, reason in said.items():
        place = (source.shown, source.line("exempt", name), "exempt")
        rule = QUALITY.get(name)
        if rule is None:
            text = f'"{name}" is no rule of the ladder.{suggest(name, QUALITY)}'
            findings.add(*place, text, rule="quality-unknown-rule")
        elif rule.firm:
            findings.add(*place, f'nobody is exempt from "{name}"', rule="quality-unknown-rule", hint=rule.hint)
        elif not isinstance(reason, str) or not reason.strip():
            findings.add(*place, f'"{name}" does not say why', rule="quality-missing-reason")
        else:
            exempt[name] = reason
    return exempt


def _result(rule: QualityRule, subject: Subject, said: Statement) -> Result:
    waived = subject.manifest.waived.get(rule.rests_on, "")
    if waived:
        return Result(rule, "exempt", waived)
    lacks = tuple(rule.lacks(subject))
    if not lacks:
        return Result(rule, "met")
    if rule.id in said.exempt:
        return Result(rule, "exempt", said.exempt[rule.id])
    return Result(rule, "missing", lacks=lacks)


def _shown(manifest: Manifest) -> str:
    return shown_path(manifest.path / FILE_NAME, manifest.path)
