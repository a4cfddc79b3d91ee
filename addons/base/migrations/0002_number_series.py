"""Number series."""

revision = "253572df"
down_revision = "0ee6a1fd"
requires: dict[str, str] = {}

UPGRADE = (
    "CREATE SEQUENCE base.counter_id_seq",
    "CREATE SEQUENCE base.sequence_id_seq",
    """
    CREATE TABLE base.counter (
        company_id bigint,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        id bigint NOT NULL DEFAULT nextval('base.counter_id_seq'::regclass),
        next bigint NOT NULL DEFAULT 0,
        period text NOT NULL DEFAULT ''::text,
        sequence_id bigint NOT NULL,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE base.sequence (
        by_company boolean NOT NULL DEFAULT false,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        declared text NOT NULL DEFAULT ''::text,
        gapless boolean NOT NULL DEFAULT false,
        id bigint NOT NULL DEFAULT nextval('base.sequence_id_seq'::regclass),
        key text NOT NULL DEFAULT ''::text,
        name text NOT NULL DEFAULT ''::text,
        pattern text NOT NULL DEFAULT ''::text,
        period text,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    "ALTER TABLE base.company ADD COLUMN code text NOT NULL DEFAULT ''::text",
    "ALTER SEQUENCE base.counter_id_seq OWNED BY base.counter.id",
    "ALTER SEQUENCE base.sequence_id_seq OWNED BY base.sequence.id",
    "ALTER TABLE base.sequence ADD CONSTRAINT sequence_pkey PRIMARY KEY (id)",
    "ALTER TABLE base.counter ADD CONSTRAINT counter_pkey PRIMARY KEY (id)",
    "ALTER TABLE base.sequence ADD CONSTRAINT sequence_pattern_required CHECK ((pattern <> ''::text))",
    "ALTER TABLE base.sequence ADD CONSTRAINT sequence_name_required CHECK ((name <> ''::text))",
    "ALTER TABLE base.sequence ADD CONSTRAINT sequence_key_required CHECK ((key <> ''::text))",
    "ALTER TABLE base.counter ADD CONSTRAINT counter_positive CHECK ((next >= 1))",
    """
    ALTER TABLE base.counter ADD CONSTRAINT counter_sequence_id_fkey FOREIGN KEY (sequence_id)
        REFERENCES base.sequence(id) ON DELETE CASCADE DEFERRABLE
    """,
    """
    ALTER TABLE base.counter ADD CONSTRAINT counter_company_id_fkey FOREIGN KEY (company_id)
        REFERENCES base.company(id) ON DELETE CASCADE DEFERRABLE
    """,
    "CREATE INDEX counter_company_id_idx ON base.counter USING btree (company_id)",
    """
    CREATE UNIQUE INDEX counter_once ON base.counter USING btree (sequence_id, company_id,
        period) NULLS NOT DISTINCT WHERE (period <> ''::text)
    """,
    "CREATE INDEX counter_sequence_id_idx ON base.counter USING btree (sequence_id)",
    "CREATE UNIQUE INDEX sequence_key_once ON base.sequence USING btree (key) WHERE (key <> ''::text)",
)
