"""The first schema."""

revision = "ec29cba4"
down_revision = None
requires: dict[str, str] = {"contacts": "ecfa4d7e", "loyalty": "043aac9e"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "loyalty_gifts"',
    "ALTER TABLE contacts.partner ADD COLUMN gifts BIGINT DEFAULT 0 NOT NULL",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "loyalty_gifts" TO tenon_app; GRANT SELECT, INSERT, UPDATE,
        DELETE ON ALL TABLES IN SCHEMA "loyalty_gifts" TO tenon_app; GRANT USAGE, SELECT
        ON ALL SEQUENCES IN SCHEMA "loyalty_gifts" TO tenon_app; END IF; END $tenon$
    """,
)
