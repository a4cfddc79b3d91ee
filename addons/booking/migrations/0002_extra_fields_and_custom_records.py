"""Extra fields and custom records."""

revision = "24ea5d70"
down_revision = "6cec194a"
requires: dict[str, str] = {"base": "f76fde24", "web": "30536a4d"}

UPGRADE = (
    "ALTER TABLE booking.booking ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE booking.customer ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE booking.resource ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE booking.service ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
)
