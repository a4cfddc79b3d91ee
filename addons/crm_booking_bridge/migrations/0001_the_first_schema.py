"""The first schema."""

revision = "505fcf94"
down_revision = None
requires: dict[str, str] = {"sync": "5c1a90e7", "crm": "e3cfee68", "booking": "6cec194a"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "crm_booking_bridge"',
    'CREATE SEQUENCE "crm_booking_bridge"."appointment_id_seq"',
    """
    CREATE TABLE crm_booking_bridge.appointment (
        id BIGINT DEFAULT nextval('"crm_booking_bridge"."appointment_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        booking_id BIGINT NOT NULL,
        activity_id BIGINT,
        contact_id BIGINT,
        opportunity_id BIGINT,
        CONSTRAINT appointment_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_booking_bridge"."appointment_id_seq" OWNED BY crm_booking_bridge.appointment.id',
    'CREATE SEQUENCE "crm_booking_bridge"."link_id_seq"',
    """
    CREATE TABLE crm_booking_bridge.link (
        id BIGINT DEFAULT nextval('"crm_booking_bridge"."link_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        state TEXT NOT NULL,
        method TEXT DEFAULT '' NOT NULL,
        confidence BIGINT DEFAULT 0 NOT NULL,
        paused BOOLEAN DEFAULT false NOT NULL,
        kind TEXT NOT NULL,
        contact_id BIGINT NOT NULL,
        customer_id BIGINT NOT NULL,
        CONSTRAINT link_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_booking_bridge"."link_id_seq" OWNED BY crm_booking_bridge.link.id',
    'CREATE SEQUENCE "crm_booking_bridge"."contract_id_seq"',
    """
    CREATE TABLE crm_booking_bridge.contract (
        id BIGINT DEFAULT nextval('"crm_booking_bridge"."contract_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        field TEXT DEFAULT '' NOT NULL,
        left_field TEXT DEFAULT '' NOT NULL,
        right_field TEXT DEFAULT '' NOT NULL,
        owner TEXT NOT NULL,
        CONSTRAINT contract_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_booking_bridge"."contract_id_seq" OWNED BY crm_booking_bridge.contract.id',
    'CREATE SEQUENCE "crm_booking_bridge"."field_state_id_seq"',
    """
    CREATE TABLE crm_booking_bridge.field_state (
        id BIGINT DEFAULT nextval('"crm_booking_bridge"."field_state_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        field TEXT DEFAULT '' NOT NULL,
        hash TEXT DEFAULT '' NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE,
        changed_by BIGINT,
        origin TEXT DEFAULT '' NOT NULL,
        burst BIGINT DEFAULT 0 NOT NULL,
        burst_began TIMESTAMP WITH TIME ZONE,
        link_id BIGINT NOT NULL,
        CONSTRAINT field_state_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_booking_bridge"."field_state_id_seq" OWNED BY crm_booking_bridge.field_state.id',
    'CREATE SEQUENCE "crm_booking_bridge"."log_id_seq"',
    """
    CREATE TABLE crm_booking_bridge.log (
        id BIGINT DEFAULT nextval('"crm_booking_bridge"."log_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        event TEXT NOT NULL,
        field TEXT DEFAULT '' NOT NULL,
        model TEXT DEFAULT '' NOT NULL,
        record BIGINT,
        before TEXT DEFAULT '' NOT NULL,
        after TEXT DEFAULT '' NOT NULL,
        origin TEXT DEFAULT '' NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        link_id BIGINT,
        CONSTRAINT log_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm_booking_bridge"."log_id_seq" OWNED BY crm_booking_bridge.log.id',
    "CREATE INDEX appointment_activity_id_idx ON crm_booking_bridge.appointment (activity_id)",
    "CREATE INDEX appointment_booking_id_idx ON crm_booking_bridge.appointment (booking_id)",
    "CREATE UNIQUE INDEX appointment_booking_once ON crm_booking_bridge.appointment (booking_id)",
    "CREATE INDEX appointment_contact_id_idx ON crm_booking_bridge.appointment (contact_id)",
    "CREATE INDEX appointment_opportunity_id_idx ON crm_booking_bridge.appointment (opportunity_id)",
    """
    ALTER TABLE crm_booking_bridge.appointment ADD CONSTRAINT appointment_activity_id_fkey
        FOREIGN KEY(activity_id) REFERENCES crm.activity (id) ON DELETE SET NULL DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm_booking_bridge.appointment ADD CONSTRAINT appointment_booking_id_fkey
        FOREIGN KEY(booking_id) REFERENCES booking.booking (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm_booking_bridge.appointment ADD CONSTRAINT appointment_contact_id_fkey
        FOREIGN KEY(contact_id) REFERENCES crm.contact (id) ON DELETE SET NULL DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm_booking_bridge.appointment ADD CONSTRAINT appointment_opportunity_id_fkey
        FOREIGN KEY(opportunity_id) REFERENCES crm.opportunity (id) ON DELETE SET NULL
        DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX link_contact_id_idx ON crm_booking_bridge.link (contact_id)",
    "CREATE INDEX link_customer_id_idx ON crm_booking_bridge.link (customer_id)",
    """
    ALTER TABLE crm_booking_bridge.link ADD CONSTRAINT link_one_contact EXCLUDE USING
        btree (customer_id WITH =) WHERE (state = 'active')
    """,
    """
    ALTER TABLE crm_booking_bridge.link ADD CONSTRAINT link_one_customer EXCLUDE USING
        btree (contact_id WITH =) WHERE (state = 'active')
    """,
    "CREATE UNIQUE INDEX link_pair_once ON crm_booking_bridge.link (contact_id, customer_id)",
    "CREATE INDEX link_state_idx ON crm_booking_bridge.link (state)",
    """
    ALTER TABLE crm_booking_bridge.link ADD CONSTRAINT link_contact_id_fkey FOREIGN KEY(contact_id)
        REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm_booking_bridge.link ADD CONSTRAINT link_customer_id_fkey FOREIGN
        KEY(customer_id) REFERENCES booking.customer (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX contract_field_once ON crm_booking_bridge.contract (field) WHERE field != ''",
    "ALTER TABLE crm_booking_bridge.contract ADD CONSTRAINT contract_field_required CHECK (field != '')",
    """
    ALTER TABLE crm_booking_bridge.contract ADD CONSTRAINT contract_left_field_required
        CHECK (left_field != '')
    """,
    """
    ALTER TABLE crm_booking_bridge.contract ADD CONSTRAINT contract_right_field_required
        CHECK (right_field != '')
    """,
    """
    ALTER TABLE crm_booking_bridge.field_state ADD CONSTRAINT field_state_field_required
        CHECK (field != '')
    """,
    "CREATE INDEX field_state_link_id_idx ON crm_booking_bridge.field_state (link_id)",
    """
    CREATE UNIQUE INDEX field_state_once ON crm_booking_bridge.field_state (link_id,
        field) WHERE field != ''
    """,
    """
    ALTER TABLE crm_booking_bridge.field_state ADD CONSTRAINT field_state_link_id_fkey
        FOREIGN KEY(link_id) REFERENCES crm_booking_bridge.link (id) ON DELETE CASCADE
        DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX log_link_id_idx ON crm_booking_bridge.log (link_id)",
    """
    ALTER TABLE crm_booking_bridge.log ADD CONSTRAINT log_link_id_fkey FOREIGN KEY(link_id)
        REFERENCES crm_booking_bridge.link (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "crm_booking_bridge" TO tenon_app; GRANT SELECT, INSERT,
        UPDATE, DELETE ON ALL TABLES IN SCHEMA "crm_booking_bridge" TO tenon_app; GRANT
        USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "crm_booking_bridge" TO tenon_app; END
        IF; END $tenon$
    """,
)
