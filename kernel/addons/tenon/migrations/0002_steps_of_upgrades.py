"""Upgrades in steps: what of them happened beside the switch, so that the next run continues there."""

revision = "0002"
down_revision = "0001"
requires: dict[str, str] = {}

UPGRADE = (
    # 'prepare' and 'clean' are at work, or were stopped; the other columns tell how far.
    """
    ALTER TABLE tenon.operation
        ADD COLUMN state text NOT NULL DEFAULT 'done' CHECK (state IN ('prepare', 'switch', 'clean', 'done', 'undone')),
        ADD COLUMN step text NOT NULL DEFAULT '',
        ADD COLUMN progress jsonb NOT NULL DEFAULT '{}'
    """,
    """
    CREATE TABLE tenon.step (
        addon text NOT NULL,
        revision text NOT NULL,
        part text NOT NULL CHECK (part IN ('prepare', 'clean')),
        position integer NOT NULL,
        digest text NOT NULL,               -- of what it does: other code is another step
        text text NOT NULL,                 -- the statement, or the fill as people read it
        undo text NOT NULL DEFAULT '',      -- SQL that takes back what was prepared
        bookmark bigint NOT NULL DEFAULT 0, -- the last id that a fill has done
        written bigint NOT NULL DEFAULT 0,  -- rows that it wrote
        done_at timestamptz,
        PRIMARY KEY (addon, revision, part, position)
    )
    """,
    "REVOKE ALL ON tenon.step FROM tenon_app",
    "GRANT SELECT ON tenon.step TO tenon_app",
)
