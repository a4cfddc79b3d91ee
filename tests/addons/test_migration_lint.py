"""The lint of revisions: what would break a tenant or keep it waiting is found without a database, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons import Findings
from kernel.addons.migrations.lint import check_requires, lint_revisions
from kernel.addons.migrations.revisions import kernel_history, read_revisions
from kernel.addons.rules import RULES

FIRST = '''"""First."""

revision = "a"
down_revision = None
requires: dict[str, str] = {"other": "x"}

UPGRADE = (
    "CREATE TABLE shop.item (id bigint, name text, price bigint)",
    "ALTER TABLE other.thing ADD COLUMN shop_note text",
    "ALTER TABLE other.thing ADD CONSTRAINT shop_noted CHECK (shop_note <> '')",
    "CREATE INDEX shop_note_idx ON other.thing (shop_note)",
)
'''
SECOND = '''"""Second."""

from kernel.addons import Fill

revision = "b"
down_revision = "a"
requires: dict[str, str] = {}

'''
LINE = SECOND.count("\n") + 2
"""Where the first step of a part stands that comes after it."""


def lint(folder: Path, text: str) -> Findings:
    """The findings about a second revision that ends in `text`."""
    migrations = folder / "shop" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_first.py").write_text(FIRST)
    (migrations / "0002_second.py").write_text(SECOND + text)
    findings = Findings()
    lint_revisions("shop", read_revisions("shop", migrations, findings), findings)
    return findings


@pytest.mark.parametrize(
    ("part", "step", "rule"),
    [
        ("PREPARE", '"ALTER TABLE shop.item ADD COLUMN a int NOT NULL"', "migration-prepare-not-null"),
        ("PREPARE", '"ALTER TABLE shop.item DROP COLUMN name"', "migration-prepare-not-additive"),
        ("PREPARE", '"ALTER TABLE shop.item RENAME COLUMN name TO title"', "migration-prepare-not-additive"),
        ("PREPARE", '"ALTER TABLE shop.item ADD COLUMN a int UNIQUE"', "migration-prepare-not-additive"),
        ("PREPARE", '"ALTER TABLE shop.item ADD CHECK (price > 0) NOT VALID"', "migration-prepare-not-additive"),
        ("PREPARE", '"CREATE UNIQUE INDEX CONCURRENTLY i ON shop.item (name)"', "migration-prepare-not-additive"),
        ("PREPARE", '"DROP INDEX CONCURRENTLY shop.i"', "migration-prepare-not-additive"),
        ("PREPARE", '"UPDATE shop.item SET price = 1 WHERE id = 1"', "migration-prepare-not-additive"),
        ("PREPARE", '"DROP TABLE shop.item"', "migration-prepare-not-additive"),
        ("PREPARE", '"CREATE INDEX i ON shop.item (name)"', "migration-index-locks"),
        ("UPGRADE", '"CREATE INDEX i ON shop.item (name)"', "migration-index-locks"),
        ("UPGRADE", '"CREATE INDEX CONCURRENTLY i ON shop.item (name)"', "migration-concurrently-in-switch"),
        ("UPGRADE", '"ALTER TABLE shop.item ADD COLUMN a float8 DEFAULT random()"', "migration-volatile-default"),
        ("UPGRADE", '"ALTER TABLE shop.item ALTER COLUMN price TYPE numeric(9, 2)"', "migration-type-rewrite"),
        ("UPGRADE", '"ALTER TABLE shop.item ALTER COLUMN name SET NOT NULL"', "migration-not-null-scan"),
        ("UPGRADE", '"ALTER TABLE shop.item ADD CONSTRAINT p CHECK (price > 0)"', "migration-validate-at-once"),
        ("UPGRADE", '"UPDATE shop.item SET price = 1"', "migration-update-in-switch"),
        ("UPGRADE", '"DELETE FROM shop.item"', "migration-update-in-switch"),
        ("UPGRADE", '"ALTER TABLE other.thing DROP COLUMN name"', "migration-foreign-table"),
        ("UPGRADE", '"ALTER TABLE other.thing DROP CONSTRAINT thing_check"', "migration-foreign-table"),
        ("UPGRADE", '"DROP INDEX other.thing_idx"', "migration-foreign-table"),
        ("UPGRADE", '"DROP TABLE other.thing"', "migration-foreign-table"),
        ("UPGRADE", '"UPDATE other.thing SET name = NULL WHERE id = 1"', "migration-foreign-table"),
        ("UPGRADE", '"INSERT INTO other.thing (name) VALUES (1)"', "migration-foreign-table"),
        ("PREPARE", 'Fill("other.thing", {"name": "1"})', "migration-foreign-table"),
        ("UPGRADE", '"ALTER TABLE shop.item ADD a int REFERENCES third.one (id)"', "migration-missing-requires"),
        ("UPGRADE", '"ALTER TABL shop.item"', "migration-unreadable-sql"),
        ("PREPARE", 'Fill("shop.item", {"price": "..."})', "migration-unreadable-sql"),
        ("PREPARE", "print", "migration-bad-steps"),
        ("UPGRADE", "1 / 0", "migration-bad-steps"),
    ],
)
def test_a_fault_of_a_revision_is_found_with_its_line(tmp_path: Path, part: str, step: str, rule: str) -> None:
    findings = list(lint(tmp_path, f"{part} = (\n    {step},\n)\n"))
    assert [finding.rule for finding in findings] == [rule]
    assert findings[0].path == "addons/shop/migrations/0002_second.py"
    if rule not in ("migration-missing-requires", "migration-bad-steps"):
        assert findings[0].line == LINE
        assert findings[0].hint
    assert rule in RULES


@pytest.mark.parametrize(
    "text",
    [
        'PREPARE = (\n "ALTER TABLE shop.item ADD COLUMN a int, ADD COLUMN b int NOT NULL DEFAULT 0",\n'
        ' Fill("shop.item", {"a": "price"}),\n "CREATE UNIQUE INDEX CONCURRENTLY i ON shop.item (a)",\n'
        ' "ALTER TABLE shop.item ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other.thing (id) NOT VALID",\n'
        ' "ALTER TABLE shop.item VALIDATE CONSTRAINT f",\n)\n',
        'UPGRADE = (\n "ALTER TABLE shop.item ADD CONSTRAINT c CHECK (name IS NOT NULL) NOT VALID",\n)\nCLEAN = (\n'
        ' "ALTER TABLE shop.item VALIDATE CONSTRAINT c",\n "ALTER TABLE shop.item ALTER COLUMN name SET NOT NULL",\n'
        ' "CREATE INDEX CONCURRENTLY i ON shop.item (name)",\n)\n',
        'UPGRADE = (\n "CREATE TABLE shop.new (id int, name text)",\n "CREATE INDEX new_idx ON shop.new (id)",\n'
        ' "INSERT INTO shop.new SELECT id FROM other.thing",\n "UPDATE shop.new SET id = 1",\n)\n',
        'UPGRADE = (\n "DROP INDEX other.shop_note_idx",\n "ALTER TABLE other.thing DROP CONSTRAINT shop_noted",\n'
        ' "UPDATE other.thing SET shop_note = NULL WHERE id = 1",\n "ALTER TABLE other.thing DROP COLUMN shop_note",\n)'
        "\n",
    ],
)
def test_what_keeps_nobody_waiting_is_fine(tmp_path: Path, text: str) -> None:
    assert [str(finding) for finding in lint(tmp_path, text)] == []


def test_an_author_overrules_a_finding_with_a_reason(tmp_path: Path) -> None:
    index = '"CREATE INDEX i ON shop.item (name)"'
    allowed = "# lint: allow migration-index-locks because it has three rows"
    text = f"UPGRADE = (\n    {allowed}\n    {index},\n    {index},\n)\n"
    assert [finding.line for finding in lint(tmp_path, text)] == [LINE + 2]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("migration-index-locks", "say why: # lint: allow migration-index-locks because ..."),
        (
            "migration-index-lock because",
            'there is no rule "migration-index-lock". Did you mean "migration-index-locks"?',
        ),
    ],
)
def test_an_allowance_without_rule_or_reason_is_a_finding(tmp_path: Path, comment: str, said: str) -> None:
    found = list(lint(tmp_path, f'UPGRADE = (\n    "SELECT 1",  # lint: allow {comment}\n)\n'))
    assert [(finding.rule, finding.text) for finding in found] == [("migration-bad-allowance", said)]


def test_what_alembic_would_send_is_read_too(tmp_path: Path) -> None:
    text = 'def upgrade():\n    from alembic import op\n    op.create_index("i", "item", ["name"], schema="shop")\n'
    assert [(finding.rule, finding.line) for finding in lint(tmp_path, text)] == [("migration-index-locks", LINE - 1)]


def test_requires_names_addons_and_revisions_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "shop" / "migrations" / "0001.py").write_text(FIRST)
    findings = Findings()
    history = read_revisions("shop", tmp_path / "shop" / "migrations", findings)
    check_requires(history, {}, ["othr"], findings)
    check_requires(history, {"other": history}, ["other"], findings)
    assert [(finding.rule, finding.line, finding.text) for finding in findings] == [
        (
            "migration-unknown-requires",
            5,
            '"other" is none of the addons that this one needs. Did you mean "othr"?',
        ),
        ("migration-unknown-requires", 5, '"other" has no revision "x".'),
    ]


def test_the_kernels_own_revisions_pass() -> None:
    findings = Findings()
    lint_revisions("tenon", kernel_history(), findings)
    assert [str(finding) for finding in findings] == []
