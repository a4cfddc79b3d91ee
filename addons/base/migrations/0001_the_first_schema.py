"""The first schema."""

revision = "0ee6a1fd"
down_revision = None
requires: dict[str, str] = {}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "base"',
    """
    DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; EXCEPTION
        WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;
        END $tenon$
    """,
    'CREATE SEQUENCE "base"."access_id_seq"',
    """
    CREATE TABLE base.access (
        id BIGINT DEFAULT nextval('"base"."access_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        model TEXT DEFAULT '' NOT NULL,
        grantee_id BIGINT NOT NULL,
        may_read BOOLEAN DEFAULT false NOT NULL,
        may_create BOOLEAN DEFAULT false NOT NULL,
        may_write BOOLEAN DEFAULT false NOT NULL,
        may_delete BOOLEAN DEFAULT false NOT NULL,
        addon TEXT DEFAULT '' NOT NULL,
        CONSTRAINT access_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."access_id_seq" OWNED BY base.access.id',
    'CREATE SEQUENCE "base"."rule_id_seq"',
    """
    CREATE TABLE base.rule (
        id BIGINT DEFAULT nextval('"base"."rule_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        model TEXT DEFAULT '' NOT NULL,
        domain JSONB,
        on_read BOOLEAN DEFAULT false NOT NULL,
        on_create BOOLEAN DEFAULT false NOT NULL,
        on_write BOOLEAN DEFAULT false NOT NULL,
        on_delete BOOLEAN DEFAULT false NOT NULL,
        key TEXT DEFAULT '' NOT NULL,
        addon TEXT DEFAULT '' NOT NULL,
        CONSTRAINT rule_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."rule_id_seq" OWNED BY base.rule.id',
    'CREATE SEQUENCE "base"."company_id_seq"',
    """
    CREATE TABLE base.company (
        id BIGINT DEFAULT nextval('"base"."company_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        currency_id BIGINT NOT NULL,
        language_id BIGINT NOT NULL,
        tz TEXT DEFAULT '' NOT NULL,
        email TEXT DEFAULT '' NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        website TEXT DEFAULT '' NOT NULL,
        address TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT company_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."company_id_seq" OWNED BY base.company.id',
    'CREATE SEQUENCE "base"."currency_id_seq"',
    """
    CREATE TABLE base.currency (
        id BIGINT DEFAULT nextval('"base"."currency_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        code TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        symbol TEXT DEFAULT '' NOT NULL,
        decimals BIGINT DEFAULT 0 NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT currency_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."currency_id_seq" OWNED BY base.currency.id',
    'CREATE SEQUENCE "base"."group_id_seq"',
    """
    CREATE TABLE base."group" (
        id BIGINT DEFAULT nextval('"base"."group_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        key TEXT DEFAULT '' NOT NULL,
        addon TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        CONSTRAINT group_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."group_id_seq" OWNED BY base."group".id',
    'CREATE SEQUENCE "base"."language_id_seq"',
    """
    CREATE TABLE base.language (
        id BIGINT DEFAULT nextval('"base"."language_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        code TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        direction TEXT NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT language_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."language_id_seq" OWNED BY base.language.id',
    'CREATE SEQUENCE "base"."setting_id_seq"',
    """
    CREATE TABLE base.setting (
        id BIGINT DEFAULT nextval('"base"."setting_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        addon TEXT DEFAULT '' NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        company_id BIGINT,
        value JSONB,
        CONSTRAINT setting_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."setting_id_seq" OWNED BY base.setting.id',
    'CREATE SEQUENCE "base"."preference_id_seq"',
    """
    CREATE TABLE base.preference (
        id BIGINT DEFAULT nextval('"base"."preference_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        user_id BIGINT NOT NULL,
        key TEXT DEFAULT '' NOT NULL,
        value JSONB,
        CONSTRAINT preference_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."preference_id_seq" OWNED BY base.preference.id',
    'CREATE SEQUENCE "base"."user_id_seq"',
    """
    CREATE TABLE base."user" (
        id BIGINT DEFAULT nextval('"base"."user_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        login TEXT DEFAULT '' NOT NULL,
        email TEXT DEFAULT '' NOT NULL,
        language_id BIGINT,
        tz TEXT DEFAULT '' NOT NULL,
        company_id BIGINT NOT NULL,
        password_hash TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT user_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "base"."user_id_seq" OWNED BY base."user".id',
    """
    CREATE TABLE base.rule_groups (
        rule_id BIGINT NOT NULL,
        group_id BIGINT NOT NULL,
        CONSTRAINT rule_groups_pkey PRIMARY KEY (rule_id, group_id))
    """,
    """
    CREATE TABLE base.group_implies (
        group_id BIGINT NOT NULL,
        other_group_id BIGINT NOT NULL,
        CONSTRAINT group_implies_pkey PRIMARY KEY (group_id, other_group_id))
    """,
    """
    CREATE TABLE base.user_companies (
        user_id BIGINT NOT NULL,
        company_id BIGINT NOT NULL,
        CONSTRAINT user_companies_pkey PRIMARY KEY (user_id, company_id))
    """,
    """
    CREATE TABLE base.user_groups (
        user_id BIGINT NOT NULL,
        group_id BIGINT NOT NULL,
        CONSTRAINT user_groups_pkey PRIMARY KEY (user_id, group_id))
    """,
    "CREATE INDEX access_addon_idx ON base.access (addon)",
    "CREATE INDEX access_grantee_id_idx ON base.access (grantee_id)",
    "CREATE INDEX access_model_idx ON base.access (model)",
    "ALTER TABLE base.access ADD CONSTRAINT access_model_required CHECK (model != '')",
    "CREATE UNIQUE INDEX access_once ON base.access (model, grantee_id) WHERE model != ''",
    """
    ALTER TABLE base.access ADD CONSTRAINT access_grantee_id_fkey FOREIGN KEY(grantee_id)
        REFERENCES base."group" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX rule_addon_idx ON base.rule (addon)",
    "CREATE UNIQUE INDEX rule_key_once ON base.rule (key) WHERE key != ''",
    "CREATE INDEX rule_model_idx ON base.rule (model)",
    "ALTER TABLE base.rule ADD CONSTRAINT rule_model_required CHECK (model != '')",
    "ALTER TABLE base.rule ADD CONSTRAINT rule_name_required CHECK (name != '')",
    "CREATE INDEX company_currency_id_idx ON base.company (currency_id)",
    "CREATE INDEX company_language_id_idx ON base.company (language_id)",
    "CREATE UNIQUE INDEX company_name_once ON base.company (name) WHERE name != ''",
    "ALTER TABLE base.company ADD CONSTRAINT company_name_required CHECK (name != '')",
    "ALTER TABLE base.company ADD CONSTRAINT company_tz_required CHECK (tz != '')",
    """
    ALTER TABLE base.company ADD CONSTRAINT company_currency_id_fkey FOREIGN KEY(currency_id)
        REFERENCES base.currency (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE base.company ADD CONSTRAINT company_language_id_fkey FOREIGN KEY(language_id)
        REFERENCES base.language (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX currency_code_once ON base.currency (code) WHERE code != ''",
    "ALTER TABLE base.currency ADD CONSTRAINT currency_code_required CHECK (code != '')",
    """
    ALTER TABLE base.currency ADD CONSTRAINT currency_decimals_sane CHECK (decimals >=
        0 AND decimals <= 4)
    """,
    "ALTER TABLE base.currency ADD CONSTRAINT currency_name_required CHECK (name != '')",
    "ALTER TABLE base.currency ADD CONSTRAINT currency_symbol_required CHECK (symbol != '')",
    """
    CREATE UNIQUE INDEX group_key_once ON base."group" (key) WHERE key != ''
    """,
    """
    ALTER TABLE base."group" ADD CONSTRAINT group_name_required CHECK (name != '')
    """,
    "CREATE UNIQUE INDEX language_code_once ON base.language (code) WHERE code != ''",
    "ALTER TABLE base.language ADD CONSTRAINT language_code_required CHECK (code != '')",
    "ALTER TABLE base.language ADD CONSTRAINT language_name_required CHECK (name != '')",
    "ALTER TABLE base.setting ADD CONSTRAINT setting_addon_required CHECK (addon != '')",
    "CREATE INDEX setting_company_id_idx ON base.setting (company_id)",
    "ALTER TABLE base.setting ADD CONSTRAINT setting_name_required CHECK (name != '')",
    """
    CREATE UNIQUE INDEX setting_once ON base.setting (addon, name, company_id) NULLS
        NOT DISTINCT WHERE addon != '' AND name != ''
    """,
    """
    ALTER TABLE base.setting ADD CONSTRAINT setting_company_id_fkey FOREIGN KEY(company_id)
        REFERENCES base.company (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "ALTER TABLE base.preference ADD CONSTRAINT preference_key_required CHECK (key != '')",
    "CREATE UNIQUE INDEX preference_once ON base.preference (user_id, key) WHERE key != ''",
    "CREATE INDEX preference_user_id_idx ON base.preference (user_id)",
    """
    ALTER TABLE base.preference ADD CONSTRAINT preference_user_id_fkey FOREIGN KEY(user_id)
        REFERENCES base."user" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    'CREATE INDEX user_company_id_idx ON base."user" (company_id)',
    'CREATE INDEX user_language_id_idx ON base."user" (language_id)',
    """
    CREATE UNIQUE INDEX user_login_once ON base."user" (login) WHERE login != ''
    """,
    """
    ALTER TABLE base."user" ADD CONSTRAINT user_login_required CHECK (login != '')
    """,
    'ALTER TABLE base."user" ADD CONSTRAINT user_login_small CHECK (login = lower(trim(login)))',
    """
    ALTER TABLE base."user" ADD CONSTRAINT user_name_required CHECK (name != '')
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX user_name_trgm ON base."user" USING gin (name gin_trgm_ops); END
        IF; END $tenon$
    """,
    """
    ALTER TABLE base."user" ADD CONSTRAINT user_company_id_fkey FOREIGN KEY(company_id)
        REFERENCES base.company (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE base."user" ADD CONSTRAINT user_language_id_fkey FOREIGN KEY(language_id)
        REFERENCES base.language (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX rule_groups_group_id_idx ON base.rule_groups (group_id)",
    """
    ALTER TABLE base.rule_groups ADD CONSTRAINT rule_groups_group_id_fkey FOREIGN KEY(group_id)
        REFERENCES base."group" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE base.rule_groups ADD CONSTRAINT rule_groups_rule_id_fkey FOREIGN KEY(rule_id)
        REFERENCES base.rule (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX group_implies_other_group_id_idx ON base.group_implies (other_group_id)",
    """
    ALTER TABLE base.group_implies ADD CONSTRAINT group_implies_group_id_fkey FOREIGN
        KEY(group_id) REFERENCES base."group" (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE base.group_implies ADD CONSTRAINT group_implies_other_group_id_fkey FOREIGN
        KEY(other_group_id) REFERENCES base."group" (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    "CREATE INDEX user_companies_company_id_idx ON base.user_companies (company_id)",
    """
    ALTER TABLE base.user_companies ADD CONSTRAINT user_companies_company_id_fkey FOREIGN
        KEY(company_id) REFERENCES base.company (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE base.user_companies ADD CONSTRAINT user_companies_user_id_fkey FOREIGN
        KEY(user_id) REFERENCES base."user" (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    "CREATE INDEX user_groups_group_id_idx ON base.user_groups (group_id)",
    """
    ALTER TABLE base.user_groups ADD CONSTRAINT user_groups_group_id_fkey FOREIGN KEY(group_id)
        REFERENCES base."group" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE base.user_groups ADD CONSTRAINT user_groups_user_id_fkey FOREIGN KEY(user_id)
        REFERENCES base."user" (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "base" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "base" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "base" TO tenon_app; END IF; END $tenon$
    """,
)
