"""The first schema."""

revision = "44d64125"
down_revision = None
requires: dict[str, str] = {"sync": "5c1a90e7", "contacts": "ecfa4d7e", "crm": "e3cfee68"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "crm_contacts"',
    'CREATE SEQUENCE "crm_contacts"."link_id_seq"',
    """
    CREATE TABLE crm_contacts.link (
        id BIGINT DEFAULT nextval('"crm_contacts"."link_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        state TEXT NOT NULL,
        method TEXT DEFAULT '' NOT NULL,
        confidence BIGINT DEFAULT 0 NOT NULL,
        paused BOOLEAN DEFAULT false NOT NULL,
        partner_id BIGINT NOT NULL,
        contact_id BIGINT NOT NULL,
        CONSTRAINT link_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_contacts"."link_id_seq" OWNED BY crm_contacts.link.id',
    "CREATE INDEX link_contact_id_idx ON crm_contacts.link (contact_id)",
    "CREATE UNIQUE INDEX link_pair_once ON crm_contacts.link (partner_id, contact_id)",
    "CREATE INDEX link_partner_id_idx ON crm_contacts.link (partner_id)",
    "CREATE INDEX link_state_idx ON crm_contacts.link (state)",
    """
    ALTER TABLE crm_contacts.link ADD CONSTRAINT link_contact_id_fkey FOREIGN KEY(contact_id)
        REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm_contacts.link ADD CONSTRAINT link_partner_id_fkey FOREIGN KEY(partner_id)
        REFERENCES contacts.partner (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "crm_contacts" TO tenon_app; GRANT SELECT, INSERT, UPDATE,
        DELETE ON ALL TABLES IN SCHEMA "crm_contacts" TO tenon_app; GRANT USAGE, SELECT
        ON ALL SEQUENCES IN SCHEMA "crm_contacts" TO tenon_app; END IF; END $tenon$
    """,
)
