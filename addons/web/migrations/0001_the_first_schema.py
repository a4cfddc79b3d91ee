"""The first schema."""

from alembic import op

revision = "30536a4d"
down_revision = None
requires: dict[str, str] = {}

STATEMENTS = (
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


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
