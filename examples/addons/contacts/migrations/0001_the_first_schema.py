"""The first schema."""

revision = "ecfa4d7e"
down_revision = None
requires: dict[str, str] = {"base": "0ee6a1fd", "web": "30536a4d"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "contacts"',
    """
    DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; EXCEPTION
        WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;
        END $tenon$
    """,
    'CREATE SEQUENCE "contacts"."partner_id_seq"',
    """
    CREATE TABLE contacts.partner (
        id BIGINT DEFAULT nextval('"contacts"."partner_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        email TEXT DEFAULT '' NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        city TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT partner_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "contacts"."partner_id_seq" OWNED BY contacts.partner.id',
    "ALTER TABLE contacts.partner ADD CONSTRAINT partner_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX partner_name_trgm ON contacts.partner USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "contacts" TO tenon_app; GRANT SELECT, INSERT, UPDATE,
        DELETE ON ALL TABLES IN SCHEMA "contacts" TO tenon_app; GRANT USAGE, SELECT ON
        ALL SEQUENCES IN SCHEMA "contacts" TO tenon_app; END IF; END $tenon$
    """,
)
