"""The kernel's tables in a tenant: what it is at, its stable ids, sessions and outgoing events."""

revision = "0001"
down_revision = None
requires: dict[str, str] = {}

UPGRADE = (
    """
    CREATE TABLE tenon.state (
        one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
        generation bigint NOT NULL DEFAULT 1,       -- moves with the set of addons
        data_generation bigint NOT NULL DEFAULT 1,  -- moves with access rows, rules, groups, settings, ...
        uuid uuid NOT NULL DEFAULT gen_random_uuid()
    )
    """,
    "INSERT INTO tenon.state DEFAULT VALUES",
    """
    CREATE TABLE tenon.addon (
        name text PRIMARY KEY,
        version text NOT NULL,
        revision text NOT NULL DEFAULT '',  -- the head of its history, as in <name>.revision
        digest text NOT NULL DEFAULT '',    -- of its data and security files
        state text NOT NULL DEFAULT 'installed' CHECK (state IN ('installed', 'detached')),
        demo boolean NOT NULL DEFAULT false,
        installed_at timestamptz NOT NULL DEFAULT now(),
        upgraded_at timestamptz
    )
    """,
    """
    CREATE TABLE tenon.stable_id (
        addon text NOT NULL,
        name text NOT NULL,
        model text NOT NULL,
        record bigint NOT NULL,
        policy text NOT NULL DEFAULT 'always' CHECK (policy IN ('always', 'if_untouched', 'never')),
        hash text NOT NULL DEFAULT '',      -- of the file's values when they were last written
        version integer NOT NULL DEFAULT 0, -- of the record after that
        touched boolean NOT NULL DEFAULT false,
        PRIMARY KEY (addon, name)
    )
    """,
    "CREATE INDEX stable_id_record ON tenon.stable_id (model, record)",
    """
    CREATE TABLE tenon.operation (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL,
        addons text[] NOT NULL DEFAULT '{}',
        steps jsonb NOT NULL DEFAULT '[]',
        tenon text NOT NULL DEFAULT '',
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz
    )
    """,
    """
    CREATE TABLE tenon.owned (
        schema text NOT NULL,
        "table" text NOT NULL,
        "column" text NOT NULL DEFAULT '',
        "constraint" text NOT NULL DEFAULT '',
        addon text NOT NULL,
        PRIMARY KEY (schema, "table", "column", "constraint")
    )
    """,
    "CREATE INDEX owned_addon ON tenon.owned (addon)",
    """
    CREATE TABLE tenon.session (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        token_hash text NOT NULL UNIQUE,
        user_id bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        address text NOT NULL DEFAULT '',
        agent text NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX session_of_user ON tenon.session (user_id)",
    """
    CREATE TABLE tenon.outbox (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        event_id uuid NOT NULL DEFAULT gen_random_uuid(),
        topic text NOT NULL,
        key text NOT NULL DEFAULT '',
        payload jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        sent_at timestamptz,
        attempts integer NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX outbox_unsent ON tenon.outbox (id) WHERE sent_at IS NULL",
    """
    CREATE TABLE tenon.inbox (
        consumer text NOT NULL,
        event_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
    )
    """,
    # The application reads what the tenant is at; only an operation changes it.
    "REVOKE ALL ON tenon.addon, tenon.owned, tenon.operation, tenon.state FROM tenon_app",
    "GRANT USAGE ON SCHEMA tenon TO tenon_app",
    "GRANT SELECT ON tenon.addon, tenon.owned, tenon.operation, tenon.state TO tenon_app",
    "GRANT UPDATE (data_generation) ON tenon.state TO tenon_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON tenon.stable_id, tenon.session, tenon.outbox, tenon.inbox TO tenon_app",
)
