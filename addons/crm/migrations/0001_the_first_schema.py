"""The first schema."""

revision = "e3cfee68"
down_revision = None
requires: dict[str, str] = {"base": "0ee6a1fd", "web": "30536a4d"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "crm"',
    """
    DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; EXCEPTION
        WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;
        END $tenon$
    """,
    'CREATE SEQUENCE "crm"."account_id_seq"',
    """
    CREATE TABLE crm.account (
        id BIGINT DEFAULT nextval('"crm"."account_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        next_activity_date DATE,
        name TEXT DEFAULT '' NOT NULL,
        parent_id BIGINT,
        full_name TEXT DEFAULT '' NOT NULL,
        website TEXT DEFAULT '' NOT NULL,
        domain TEXT DEFAULT '' NOT NULL,
        industry TEXT,
        size TEXT,
        phone TEXT DEFAULT '' NOT NULL,
        street TEXT DEFAULT '' NOT NULL,
        postcode TEXT DEFAULT '' NOT NULL,
        city TEXT DEFAULT '' NOT NULL,
        country TEXT DEFAULT '' NOT NULL,
        owner_id BIGINT,
        team_id BIGINT,
        note TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        open_deals BIGINT DEFAULT 0 NOT NULL,
        CONSTRAINT account_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."account_id_seq" OWNED BY crm.account.id',
    'CREATE SEQUENCE "crm"."activity_id_seq"',
    """
    CREATE TABLE crm.activity (
        id BIGINT DEFAULT nextval('"crm"."activity_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        summary TEXT DEFAULT '' NOT NULL,
        type TEXT NOT NULL,
        due_date DATE NOT NULL,
        owner_id BIGINT,
        opportunity_id BIGINT,
        lead_id BIGINT,
        contact_id BIGINT,
        account_id BIGINT,
        note TEXT DEFAULT '' NOT NULL,
        done_at TIMESTAMP WITH TIME ZONE,
        done BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT activity_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."activity_id_seq" OWNED BY crm.activity.id',
    'CREATE SEQUENCE "crm"."contact_id_seq"',
    """
    CREATE TABLE crm.contact (
        id BIGINT DEFAULT nextval('"crm"."contact_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        next_activity_date DATE,
        name TEXT DEFAULT '' NOT NULL,
        job_title TEXT DEFAULT '' NOT NULL,
        account_id BIGINT,
        email TEXT DEFAULT '' NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        lifecycle TEXT NOT NULL,
        owner_id BIGINT,
        team_id BIGINT,
        note TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT contact_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."contact_id_seq" OWNED BY crm.contact.id',
    'CREATE SEQUENCE "crm"."contact_role_id_seq"',
    """
    CREATE TABLE crm.contact_role (
        id BIGINT DEFAULT nextval('"crm"."contact_role_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        contact_id BIGINT NOT NULL,
        account_id BIGINT NOT NULL,
        role TEXT DEFAULT '' NOT NULL,
        started_on DATE,
        ended_on DATE,
        CONSTRAINT contact_role_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."contact_role_id_seq" OWNED BY crm.contact_role.id',
    'CREATE SEQUENCE "crm"."lead_id_seq"',
    """
    CREATE TABLE crm.lead (
        id BIGINT DEFAULT nextval('"crm"."lead_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        currency_id BIGINT NOT NULL,
        next_activity_date DATE,
        name TEXT DEFAULT '' NOT NULL,
        contact_name TEXT DEFAULT '' NOT NULL,
        company_name TEXT DEFAULT '' NOT NULL,
        job_title TEXT DEFAULT '' NOT NULL,
        email TEXT DEFAULT '' NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        website TEXT DEFAULT '' NOT NULL,
        state TEXT NOT NULL,
        score BIGINT DEFAULT 0 NOT NULL,
        expected_amount NUMERIC(18, 4) DEFAULT 0 NOT NULL,
        source_id BIGINT,
        owner_id BIGINT,
        team_id BIGINT,
        note TEXT DEFAULT '' NOT NULL,
        account_id BIGINT,
        contact_id BIGINT,
        opportunity_id BIGINT,
        converted_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT lead_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."lead_id_seq" OWNED BY crm.lead.id',
    'CREATE SEQUENCE "crm"."opportunity_id_seq"',
    """
    CREATE TABLE crm.opportunity (
        id BIGINT DEFAULT nextval('"crm"."opportunity_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        currency_id BIGINT NOT NULL,
        next_activity_date DATE,
        name TEXT DEFAULT '' NOT NULL,
        account_id BIGINT,
        contact_id BIGINT,
        stage_id BIGINT NOT NULL,
        pipeline_id BIGINT,
        kind TEXT,
        amount NUMERIC(18, 4) DEFAULT 0 NOT NULL,
        manual_probability BIGINT,
        probability BIGINT DEFAULT 0 NOT NULL,
        probability_source TEXT,
        weighted_amount NUMERIC(18, 4) DEFAULT 0 NOT NULL,
        close_date DATE,
        owner_id BIGINT,
        team_id BIGINT,
        source_id BIGINT,
        note TEXT DEFAULT '' NOT NULL,
        lost_reason_id BIGINT,
        competitor TEXT DEFAULT '' NOT NULL,
        won_reason TEXT DEFAULT '' NOT NULL,
        outcome_note TEXT DEFAULT '' NOT NULL,
        stage_since TIMESTAMP WITH TIME ZONE,
        closed_at TIMESTAMP WITH TIME ZONE,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT opportunity_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."opportunity_id_seq" OWNED BY crm.opportunity.id',
    'CREATE SEQUENCE "crm"."pipeline_id_seq"',
    """
    CREATE TABLE crm.pipeline (
        id BIGINT DEFAULT nextval('"crm"."pipeline_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        team_id BIGINT,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT pipeline_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."pipeline_id_seq" OWNED BY crm.pipeline.id',
    'CREATE SEQUENCE "crm"."stage_id_seq"',
    """
    CREATE TABLE crm.stage (
        id BIGINT DEFAULT nextval('"crm"."stage_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        pipeline_id BIGINT NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        kind TEXT NOT NULL,
        probability BIGINT DEFAULT 0 NOT NULL,
        rot_days BIGINT DEFAULT 0 NOT NULL,
        fold BOOLEAN DEFAULT false NOT NULL,
        required_fields TEXT DEFAULT '' NOT NULL,
        CONSTRAINT stage_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."stage_id_seq" OWNED BY crm.stage.id',
    'CREATE SEQUENCE "crm"."contact_email_id_seq"',
    """
    CREATE TABLE crm.contact_email (
        id BIGINT DEFAULT nextval('"crm"."contact_email_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        is_primary BOOLEAN DEFAULT false NOT NULL,
        contact_id BIGINT NOT NULL,
        address TEXT DEFAULT '' NOT NULL,
        normalised TEXT DEFAULT '' NOT NULL,
        kind TEXT NOT NULL,
        CONSTRAINT contact_email_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."contact_email_id_seq" OWNED BY crm.contact_email.id',
    'CREATE SEQUENCE "crm"."contact_phone_id_seq"',
    """
    CREATE TABLE crm.contact_phone (
        id BIGINT DEFAULT nextval('"crm"."contact_phone_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        is_primary BOOLEAN DEFAULT false NOT NULL,
        contact_id BIGINT NOT NULL,
        number TEXT DEFAULT '' NOT NULL,
        normalised TEXT DEFAULT '' NOT NULL,
        kind TEXT NOT NULL,
        CONSTRAINT contact_phone_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."contact_phone_id_seq" OWNED BY crm.contact_phone.id',
    'CREATE SEQUENCE "crm"."stage_event_id_seq"',
    """
    CREATE TABLE crm.stage_event (
        id BIGINT DEFAULT nextval('"crm"."stage_event_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        opportunity_id BIGINT NOT NULL,
        from_stage_id BIGINT,
        to_stage_id BIGINT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        by_id BIGINT,
        seconds BIGINT DEFAULT 0 NOT NULL,
        CONSTRAINT stage_event_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."stage_event_id_seq" OWNED BY crm.stage_event.id',
    'CREATE SEQUENCE "crm"."team_id_seq"',
    """
    CREATE TABLE crm.team (
        id BIGINT DEFAULT nextval('"crm"."team_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        leader_id BIGINT,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT team_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."team_id_seq" OWNED BY crm.team.id',
    'CREATE SEQUENCE "crm"."tag_id_seq"',
    """
    CREATE TABLE crm.tag (
        id BIGINT DEFAULT nextval('"crm"."tag_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        color TEXT NOT NULL,
        CONSTRAINT tag_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."tag_id_seq" OWNED BY crm.tag.id',
    'CREATE SEQUENCE "crm"."source_id_seq"',
    """
    CREATE TABLE crm.source (
        id BIGINT DEFAULT nextval('"crm"."source_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT source_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."source_id_seq" OWNED BY crm.source.id',
    'CREATE SEQUENCE "crm"."lost_reason_id_seq"',
    """
    CREATE TABLE crm.lost_reason (
        id BIGINT DEFAULT nextval('"crm"."lost_reason_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT lost_reason_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "crm"."lost_reason_id_seq" OWNED BY crm.lost_reason.id',
    """
    CREATE TABLE crm.account_tags (
        account_id BIGINT NOT NULL,
        tag_id BIGINT NOT NULL,
        CONSTRAINT account_tags_pkey PRIMARY KEY (account_id, tag_id))
    """,
    """
    CREATE TABLE crm.contact_tags (
        contact_id BIGINT NOT NULL,
        tag_id BIGINT NOT NULL,
        CONSTRAINT contact_tags_pkey PRIMARY KEY (contact_id, tag_id))
    """,
    """
    CREATE TABLE crm.lead_tags (
        lead_id BIGINT NOT NULL,
        tag_id BIGINT NOT NULL,
        CONSTRAINT lead_tags_pkey PRIMARY KEY (lead_id, tag_id))
    """,
    """
    CREATE TABLE crm.opportunity_contacts (
        opportunity_id BIGINT NOT NULL,
        contact_id BIGINT NOT NULL,
        CONSTRAINT opportunity_contacts_pkey PRIMARY KEY (opportunity_id, contact_id))
    """,
    """
    CREATE TABLE crm.opportunity_tags (
        opportunity_id BIGINT NOT NULL,
        tag_id BIGINT NOT NULL,
        CONSTRAINT opportunity_tags_pkey PRIMARY KEY (opportunity_id, tag_id))
    """,
    """
    CREATE TABLE crm.team_members (
        team_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        CONSTRAINT team_members_pkey PRIMARY KEY (team_id, user_id))
    """,
    "CREATE INDEX account_domain_idx ON crm.account (domain)",
    "ALTER TABLE crm.account ADD CONSTRAINT account_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX account_name_trgm ON crm.account USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "CREATE INDEX account_next_activity_date_idx ON crm.account (next_activity_date)",
    "CREATE INDEX account_owner_id_idx ON crm.account (owner_id)",
    "CREATE INDEX account_parent_id_idx ON crm.account (parent_id)",
    "CREATE INDEX account_team_id_idx ON crm.account (team_id)",
    """
    ALTER TABLE crm.account ADD CONSTRAINT account_owner_id_fkey FOREIGN KEY(owner_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.account ADD CONSTRAINT account_parent_id_fkey FOREIGN KEY(parent_id)
        REFERENCES crm.account (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.account ADD CONSTRAINT account_team_id_fkey FOREIGN KEY(team_id)
        REFERENCES crm.team (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX activity_account_id_idx ON crm.activity (account_id)",
    "CREATE INDEX activity_contact_id_idx ON crm.activity (contact_id)",
    "CREATE INDEX activity_due_date_idx ON crm.activity (due_date)",
    "CREATE INDEX activity_lead_id_idx ON crm.activity (lead_id)",
    "CREATE INDEX activity_opportunity_id_idx ON crm.activity (opportunity_id)",
    "CREATE INDEX activity_owner_id_idx ON crm.activity (owner_id)",
    "ALTER TABLE crm.activity ADD CONSTRAINT activity_summary_required CHECK (summary != '')",
    """
    ALTER TABLE crm.activity ADD CONSTRAINT activity_account_id_fkey FOREIGN KEY(account_id)
        REFERENCES crm.account (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.activity ADD CONSTRAINT activity_contact_id_fkey FOREIGN KEY(contact_id)
        REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.activity ADD CONSTRAINT activity_lead_id_fkey FOREIGN KEY(lead_id)
        REFERENCES crm.lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.activity ADD CONSTRAINT activity_opportunity_id_fkey FOREIGN KEY(opportunity_id)
        REFERENCES crm.opportunity (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.activity ADD CONSTRAINT activity_owner_id_fkey FOREIGN KEY(owner_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX contact_account_id_idx ON crm.contact (account_id)",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX contact_email_trgm ON crm.contact USING gin (email gin_trgm_ops);
        END IF; END $tenon$
    """,
    "ALTER TABLE crm.contact ADD CONSTRAINT contact_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX contact_name_trgm ON crm.contact USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "CREATE INDEX contact_next_activity_date_idx ON crm.contact (next_activity_date)",
    "CREATE INDEX contact_owner_id_idx ON crm.contact (owner_id)",
    "CREATE INDEX contact_team_id_idx ON crm.contact (team_id)",
    """
    ALTER TABLE crm.contact ADD CONSTRAINT contact_account_id_fkey FOREIGN KEY(account_id)
        REFERENCES crm.account (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.contact ADD CONSTRAINT contact_owner_id_fkey FOREIGN KEY(owner_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.contact ADD CONSTRAINT contact_team_id_fkey FOREIGN KEY(team_id)
        REFERENCES crm.team (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX contact_role_account_id_idx ON crm.contact_role (account_id)",
    "CREATE INDEX contact_role_contact_id_idx ON crm.contact_role (contact_id)",
    """
    ALTER TABLE crm.contact_role ADD CONSTRAINT contact_role_in_order CHECK (started_on
        IS NULL OR ended_on IS NULL OR ended_on >= started_on)
    """,
    """
    ALTER TABLE crm.contact_role ADD CONSTRAINT contact_role_account_id_fkey FOREIGN
        KEY(account_id) REFERENCES crm.account (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE crm.contact_role ADD CONSTRAINT contact_role_contact_id_fkey FOREIGN
        KEY(contact_id) REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    "CREATE INDEX lead_account_id_idx ON crm.lead (account_id)",
    "CREATE INDEX lead_contact_id_idx ON crm.lead (contact_id)",
    "CREATE INDEX lead_currency_id_idx ON crm.lead (currency_id)",
    "ALTER TABLE crm.lead ADD CONSTRAINT lead_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX lead_name_trgm ON crm.lead USING gin (name gin_trgm_ops); END IF;
        END $tenon$
    """,
    "CREATE INDEX lead_next_activity_date_idx ON crm.lead (next_activity_date)",
    "CREATE INDEX lead_opportunity_id_idx ON crm.lead (opportunity_id)",
    "CREATE INDEX lead_owner_id_idx ON crm.lead (owner_id)",
    "CREATE INDEX lead_source_id_idx ON crm.lead (source_id)",
    "CREATE INDEX lead_team_id_idx ON crm.lead (team_id)",
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_account_id_fkey FOREIGN KEY(account_id)
        REFERENCES crm.account (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_contact_id_fkey FOREIGN KEY(contact_id)
        REFERENCES crm.contact (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_currency_id_fkey FOREIGN KEY(currency_id)
        REFERENCES base.currency (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_opportunity_id_fkey FOREIGN KEY(opportunity_id)
        REFERENCES crm.opportunity (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_owner_id_fkey FOREIGN KEY(owner_id) REFERENCES
        base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_source_id_fkey FOREIGN KEY(source_id) REFERENCES
        crm.source (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead ADD CONSTRAINT lead_team_id_fkey FOREIGN KEY(team_id) REFERENCES
        crm.team (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX opportunity_account_id_idx ON crm.opportunity (account_id)",
    "CREATE INDEX opportunity_close_date_idx ON crm.opportunity (close_date)",
    "CREATE INDEX opportunity_contact_id_idx ON crm.opportunity (contact_id)",
    "CREATE INDEX opportunity_currency_id_idx ON crm.opportunity (currency_id)",
    "CREATE INDEX opportunity_kind_idx ON crm.opportunity (kind)",
    "CREATE INDEX opportunity_lost_reason_id_idx ON crm.opportunity (lost_reason_id)",
    "ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX opportunity_name_trgm ON crm.opportunity USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "CREATE INDEX opportunity_next_activity_date_idx ON crm.opportunity (next_activity_date)",
    "ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_not_negative CHECK (amount >= 0)",
    "CREATE INDEX opportunity_owner_id_idx ON crm.opportunity (owner_id)",
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_percent CHECK (manual_probability
        IS NULL OR (manual_probability > 0 AND manual_probability < 100))
    """,
    "CREATE INDEX opportunity_pipeline_id_idx ON crm.opportunity (pipeline_id)",
    "CREATE INDEX opportunity_source_id_idx ON crm.opportunity (source_id)",
    "CREATE INDEX opportunity_stage_id_idx ON crm.opportunity (stage_id)",
    "CREATE INDEX opportunity_team_id_idx ON crm.opportunity (team_id)",
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_account_id_fkey FOREIGN KEY(account_id)
        REFERENCES crm.account (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_contact_id_fkey FOREIGN KEY(contact_id)
        REFERENCES crm.contact (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_currency_id_fkey FOREIGN KEY(currency_id)
        REFERENCES base.currency (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_lost_reason_id_fkey FOREIGN
        KEY(lost_reason_id) REFERENCES crm.lost_reason (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_owner_id_fkey FOREIGN KEY(owner_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_pipeline_id_fkey FOREIGN KEY(pipeline_id)
        REFERENCES crm.pipeline (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_source_id_fkey FOREIGN KEY(source_id)
        REFERENCES crm.source (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_stage_id_fkey FOREIGN KEY(stage_id)
        REFERENCES crm.stage (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity ADD CONSTRAINT opportunity_team_id_fkey FOREIGN KEY(team_id)
        REFERENCES crm.team (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX pipeline_name_once ON crm.pipeline (name) WHERE name != ''",
    "ALTER TABLE crm.pipeline ADD CONSTRAINT pipeline_name_required CHECK (name != '')",
    "CREATE INDEX pipeline_team_id_idx ON crm.pipeline (team_id)",
    """
    ALTER TABLE crm.pipeline ADD CONSTRAINT pipeline_team_id_fkey FOREIGN KEY(team_id)
        REFERENCES crm.team (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX stage_name_once ON crm.stage (pipeline_id, name) WHERE name != ''",
    "ALTER TABLE crm.stage ADD CONSTRAINT stage_name_required CHECK (name != '')",
    "ALTER TABLE crm.stage ADD CONSTRAINT stage_patient CHECK (rot_days >= 0)",
    "ALTER TABLE crm.stage ADD CONSTRAINT stage_percent CHECK (probability >= 0 AND probability <= 100)",
    "CREATE INDEX stage_pipeline_id_idx ON crm.stage (pipeline_id)",
    """
    ALTER TABLE crm.stage ADD CONSTRAINT stage_pipeline_id_fkey FOREIGN KEY(pipeline_id)
        REFERENCES crm.pipeline (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "ALTER TABLE crm.contact_email ADD CONSTRAINT contact_email_address_required CHECK (address != '')",
    "CREATE INDEX contact_email_contact_id_idx ON crm.contact_email (contact_id)",
    "CREATE INDEX contact_email_normalised_idx ON crm.contact_email (normalised)",
    """
    CREATE UNIQUE INDEX contact_email_once ON crm.contact_email (contact_id, normalised)
        WHERE normalised != ''
    """,
    """
    ALTER TABLE crm.contact_email ADD CONSTRAINT contact_email_one_primary EXCLUDE USING
        btree (contact_id WITH =) WHERE (is_primary)
    """,
    """
    ALTER TABLE crm.contact_email ADD CONSTRAINT contact_email_contact_id_fkey FOREIGN
        KEY(contact_id) REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    "CREATE INDEX contact_phone_contact_id_idx ON crm.contact_phone (contact_id)",
    "CREATE INDEX contact_phone_normalised_idx ON crm.contact_phone (normalised)",
    "ALTER TABLE crm.contact_phone ADD CONSTRAINT contact_phone_number_required CHECK (number != '')",
    """
    CREATE UNIQUE INDEX contact_phone_once ON crm.contact_phone (contact_id, normalised)
        WHERE normalised != ''
    """,
    """
    ALTER TABLE crm.contact_phone ADD CONSTRAINT contact_phone_one_primary EXCLUDE USING
        btree (contact_id WITH =) WHERE (is_primary)
    """,
    """
    ALTER TABLE crm.contact_phone ADD CONSTRAINT contact_phone_contact_id_fkey FOREIGN
        KEY(contact_id) REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    "CREATE INDEX stage_event_by_id_idx ON crm.stage_event (by_id)",
    "CREATE INDEX stage_event_from_stage_id_idx ON crm.stage_event (from_stage_id)",
    "CREATE INDEX stage_event_opportunity_id_idx ON crm.stage_event (opportunity_id)",
    "CREATE INDEX stage_event_to_stage_id_idx ON crm.stage_event (to_stage_id)",
    """
    ALTER TABLE crm.stage_event ADD CONSTRAINT stage_event_by_id_fkey FOREIGN KEY(by_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.stage_event ADD CONSTRAINT stage_event_from_stage_id_fkey FOREIGN
        KEY(from_stage_id) REFERENCES crm.stage (id) ON DELETE SET NULL DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE crm.stage_event ADD CONSTRAINT stage_event_opportunity_id_fkey FOREIGN
        KEY(opportunity_id) REFERENCES crm.opportunity (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.stage_event ADD CONSTRAINT stage_event_to_stage_id_fkey FOREIGN KEY(to_stage_id)
        REFERENCES crm.stage (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX team_leader_id_idx ON crm.team (leader_id)",
    "CREATE UNIQUE INDEX team_name_once ON crm.team (name) WHERE name != ''",
    "ALTER TABLE crm.team ADD CONSTRAINT team_name_required CHECK (name != '')",
    """
    ALTER TABLE crm.team ADD CONSTRAINT team_leader_id_fkey FOREIGN KEY(leader_id) REFERENCES
        base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX tag_name_once ON crm.tag (name) WHERE name != ''",
    "ALTER TABLE crm.tag ADD CONSTRAINT tag_name_required CHECK (name != '')",
    "CREATE UNIQUE INDEX source_name_once ON crm.source (name) WHERE name != ''",
    "ALTER TABLE crm.source ADD CONSTRAINT source_name_required CHECK (name != '')",
    "CREATE UNIQUE INDEX lost_reason_name_once ON crm.lost_reason (name) WHERE name != ''",
    "ALTER TABLE crm.lost_reason ADD CONSTRAINT lost_reason_name_required CHECK (name != '')",
    "CREATE INDEX account_tags_tag_id_idx ON crm.account_tags (tag_id)",
    """
    ALTER TABLE crm.account_tags ADD CONSTRAINT account_tags_account_id_fkey FOREIGN
        KEY(account_id) REFERENCES crm.account (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE crm.account_tags ADD CONSTRAINT account_tags_tag_id_fkey FOREIGN KEY(tag_id)
        REFERENCES crm.tag (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX contact_tags_tag_id_idx ON crm.contact_tags (tag_id)",
    """
    ALTER TABLE crm.contact_tags ADD CONSTRAINT contact_tags_contact_id_fkey FOREIGN
        KEY(contact_id) REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE crm.contact_tags ADD CONSTRAINT contact_tags_tag_id_fkey FOREIGN KEY(tag_id)
        REFERENCES crm.tag (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX lead_tags_tag_id_idx ON crm.lead_tags (tag_id)",
    """
    ALTER TABLE crm.lead_tags ADD CONSTRAINT lead_tags_lead_id_fkey FOREIGN KEY(lead_id)
        REFERENCES crm.lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.lead_tags ADD CONSTRAINT lead_tags_tag_id_fkey FOREIGN KEY(tag_id)
        REFERENCES crm.tag (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX opportunity_contacts_contact_id_idx ON crm.opportunity_contacts (contact_id)",
    """
    ALTER TABLE crm.opportunity_contacts ADD CONSTRAINT opportunity_contacts_contact_id_fkey
        FOREIGN KEY(contact_id) REFERENCES crm.contact (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity_contacts ADD CONSTRAINT opportunity_contacts_opportunity_id_fkey
        FOREIGN KEY(opportunity_id) REFERENCES crm.opportunity (id) ON DELETE CASCADE
        DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX opportunity_tags_tag_id_idx ON crm.opportunity_tags (tag_id)",
    """
    ALTER TABLE crm.opportunity_tags ADD CONSTRAINT opportunity_tags_opportunity_id_fkey
        FOREIGN KEY(opportunity_id) REFERENCES crm.opportunity (id) ON DELETE CASCADE
        DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.opportunity_tags ADD CONSTRAINT opportunity_tags_tag_id_fkey FOREIGN
        KEY(tag_id) REFERENCES crm.tag (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX team_members_user_id_idx ON crm.team_members (user_id)",
    """
    ALTER TABLE crm.team_members ADD CONSTRAINT team_members_team_id_fkey FOREIGN KEY(team_id)
        REFERENCES crm.team (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE crm.team_members ADD CONSTRAINT team_members_user_id_fkey FOREIGN KEY(user_id)
        REFERENCES base."user" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "crm" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "crm" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "crm" TO tenon_app; END IF; END $tenon$
    """,
)
