"""The first schema."""

revision = "ed64db24"
down_revision = None
requires: dict[str, str] = {"crm": "e3cfee68"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "crm_vip"',
    "ALTER TABLE crm.contact ADD COLUMN vip_stars BIGINT DEFAULT 0 NOT NULL",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "crm_vip" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "crm_vip" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "crm_vip" TO tenon_app; END IF; END $tenon$
    """,
)
