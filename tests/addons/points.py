"""The toy addon `points` in its three releases: cards with points; tiers beside them; points become a score."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

from kernel.addons import Library, Runtime
from tests.addons.toys import forget_addons, write_addon

HEAD = '"""Cards."""\n\nfrom kernel.orm import Check, Model, fields\n\n\n'
CARD = """class Card(Model, name="points.card", order="id", title="name"):
    '''A card.'''

    name = fields.Char("Name")
"""
TIER = """

class Tier(Model, name="points.tier", order="name", title="name"):
    '''A tier.'''

    name = fields.Char("Name")
"""

MODELS = {
    1: HEAD + CARD + '    points = fields.Integer("Points")\n',
    2: HEAD + CARD + '    points = fields.Integer("Points")\n' + TIER,
    3: HEAD
    + CARD
    + '    score = fields.Integer("Score", nullable=True, required=True, index=True)\n'
    + '    initial = fields.Char("Initial")\n'
    + TIER,
}

FIRST = '''
    """Cards with points."""

    revision = "p1"
    down_revision = None
    requires: dict[str, str] = {}

    UPGRADE = (
        'CREATE SCHEMA IF NOT EXISTS "points"',
        "CREATE SEQUENCE points.card_id_seq",
        """
        CREATE TABLE points.card (
            id bigint NOT NULL DEFAULT nextval('points.card_id_seq'),
            created_at timestamptz NOT NULL DEFAULT now(),
            created_by bigint,
            updated_at timestamptz NOT NULL DEFAULT now(),
            updated_by bigint,
            version integer NOT NULL DEFAULT 1,
            name text NOT NULL DEFAULT '',
            points bigint NOT NULL DEFAULT 0,
            CONSTRAINT card_pkey PRIMARY KEY (id))
        """,
        "ALTER SEQUENCE points.card_id_seq OWNED BY points.card.id",
    )
'''

SECOND = '''
    """Tiers beside the cards."""

    from kernel.addons import touching

    revision = "p2"
    down_revision = "p1"
    requires: dict[str, str] = {}


    @touching("points.tier")
    def first_tiers(tx):
        tx.executemany("INSERT INTO points.tier (name) VALUES (%s)", [("Gold",), ("Silver",)])


    UPGRADE = (
        "CREATE SEQUENCE points.tier_id_seq",
        """
        CREATE TABLE points.tier (
            id bigint NOT NULL DEFAULT nextval('points.tier_id_seq'),
            created_at timestamptz NOT NULL DEFAULT now(),
            created_by bigint,
            updated_at timestamptz NOT NULL DEFAULT now(),
            updated_by bigint,
            version integer NOT NULL DEFAULT 1,
            name text NOT NULL DEFAULT '',
            CONSTRAINT tier_pkey PRIMARY KEY (id))
        """,
        "ALTER SEQUENCE points.tier_id_seq OWNED BY points.tier.id",
        first_tiers,
    )
'''

THIRD = '''
    """Points become a score."""

    from kernel.addons import Fill, FillInPython

    revision = "p3"
    down_revision = "p2"
    requires: dict[str, str] = {}


    def initial(name):
        return {"initial": name[:1].upper()}


    PREPARE = (
        "ALTER TABLE points.card ADD COLUMN score bigint",
        "ALTER TABLE points.card ADD COLUMN initial text NOT NULL DEFAULT ''",
        Fill("points.card", {"score": "points * 10"}, batch=BATCH),
        FillInPython("points.card", ("name",), initial, where="t.initial = '' AND t.name <> ''", batch=BATCH),
        "CREATE INDEX CONCURRENTLY card_score_idx ON points.card (score)",
    )
    UPGRADE = (
        "ALTER TABLE points.card ADD CONSTRAINT card_score_filled CHECK (score IS NOT NULL) NOT VALID",
    )
    CLEAN = (
        "ALTER TABLE points.card VALIDATE CONSTRAINT card_score_filled",
        "ALTER TABLE points.card ALTER COLUMN score SET NOT NULL",
        "ALTER TABLE points.card DROP CONSTRAINT card_score_filled",
        "ALTER TABLE points.card DROP COLUMN points",
    )
'''


def write_points(root: Path, version: int, *, batch: int = 500, **changes: tuple[str, str]) -> Path:
    """The addon as it was released; `second=(old, new)` replaces a text in a revision of it."""
    texts = {"first": FIRST, "second": SECOND, "third": THIRD.replace("BATCH", str(batch))}
    for name, (old, new) in changes.items():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    history = list(texts.items())[:version]
    files = {f"migrations/{number:04d}_{name}.py": dedent(text) for number, (name, text) in enumerate(history, 1)}
    forget_addons(root)
    shutil.rmtree(root / "addons" / "points" / "migrations", ignore_errors=True)
    return write_addon(root, "points", {"models/__init__.py": MODELS[version], **files}, version=f"{version}.0.0")


def process(runtime: Runtime, root: Path) -> Runtime:
    """A process that starts now: it finds the files as they are."""
    forget_addons(root)
    return Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([root]))
