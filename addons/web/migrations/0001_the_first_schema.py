"""The first schema."""

revision = "30536a4d"
down_revision = None
requires: dict[str, str] = {}

UPGRADE = (
    """
    CREATE SCHEMA IF NOT EXISTS "web"
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "web" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "web" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "web" TO tenon_app; END IF; END $tenon$
    """,
)
