"""The first schema: this addon has no tables, its mixins are in those of the bridges."""

revision = "5c1a90e7"
down_revision = None
requires: dict[str, str] = {}

UPGRADE = (
    """
    CREATE SCHEMA IF NOT EXISTS "sync"
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "sync" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "sync" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "sync" TO tenon_app; END IF; END $tenon$
    """,
)
