"""The first schema."""

revision = "043aac9e"
down_revision = None
requires: dict[str, str] = {"contacts": "ecfa4d7e"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "loyalty"',
    """
    DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; EXCEPTION
        WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;
        END $tenon$
    """,
    "ALTER TABLE contacts.partner ADD COLUMN points BIGINT DEFAULT 0 NOT NULL",
    'CREATE SEQUENCE "loyalty"."purchase_id_seq"',
    """
    CREATE TABLE loyalty.purchase (
        id BIGINT DEFAULT nextval('"loyalty"."purchase_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        reference TEXT DEFAULT '' NOT NULL,
        partner_id BIGINT NOT NULL,
        date DATE,
        amount NUMERIC(16, 2) DEFAULT 0 NOT NULL,
        points BIGINT DEFAULT 0 NOT NULL,
        CONSTRAINT purchase_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "loyalty"."purchase_id_seq" OWNED BY loyalty.purchase.id',
    "ALTER TABLE loyalty.purchase ADD CONSTRAINT purchase_not_negative CHECK (amount >= 0)",
    "CREATE INDEX purchase_partner_id_idx ON loyalty.purchase (partner_id)",
    "CREATE UNIQUE INDEX purchase_reference_once ON loyalty.purchase (reference) WHERE reference != ''",
    "ALTER TABLE loyalty.purchase ADD CONSTRAINT purchase_reference_required CHECK (reference != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX purchase_reference_trgm ON loyalty.purchase USING gin (reference
        gin_trgm_ops); END IF; END $tenon$
    """,
    """
    ALTER TABLE loyalty.purchase ADD CONSTRAINT purchase_partner_id_fkey FOREIGN KEY(partner_id)
        REFERENCES contacts.partner (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "loyalty" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "loyalty" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "loyalty" TO tenon_app; END IF; END $tenon$
    """,
)
