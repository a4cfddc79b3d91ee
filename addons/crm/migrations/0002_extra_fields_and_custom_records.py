"""Extra fields and custom records."""

revision = "742164d7"
down_revision = "e3cfee68"
requires: dict[str, str] = {"base": "f76fde24", "web": "30536a4d"}

UPGRADE = (
    "ALTER TABLE crm.account ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE crm.contact ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE crm.lead ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
    "ALTER TABLE crm.opportunity ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb",
)
