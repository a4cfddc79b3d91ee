"""Histories that lead nowhere, or two ways."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

FIRST, NEXT = "migrations/0001_first.py", "migrations/0002_next.py"


def after(name: str, rule: str, text: str, at: str = "", near: str = "") -> Fault:
    return Fault(name, rule, NEXT, at, near, {NEXT: f'"""Next."""\n\n{text}\n'})


FAULTS = [
    Fault("no history", "migration-missing", "migrations", near="perk.card", changes={FIRST: None}),
    change("no revision", "migration-missing-revision", FIRST, 'revision = "a1"\n', "", '"""First'),
    after("revision twice", "migration-duplicate", 'revision = "a1"\ndown_revision = None', '"""Next'),
    after("two first ones", "migration-fork", 'revision = "b2"\ndown_revision = None', '"""Next'),
    after("follows none", "migration-gap", 'revision = "b2"\ndown_revision = "a0"', '"""Next'),
    after(
        "requires a text",
        "migration-bad-requires",
        'revision = "b2"\ndown_revision = "a1"\nrequires = "base"',
        '"""Next',
    ),
]
