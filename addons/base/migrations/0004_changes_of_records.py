"""Changes of records."""

revision = "62dfc283"
down_revision = "f76fde24"
requires: dict[str, str] = {}

UPGRADE = (
    "CREATE SEQUENCE base.change_id_seq",
    """
    CREATE TABLE base.change (
        "values" jsonb,
        batch bigint NOT NULL DEFAULT 0,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        deleted boolean NOT NULL DEFAULT false,
        id bigint NOT NULL DEFAULT nextval('base.change_id_seq'::regclass),
        model text NOT NULL DEFAULT ''::text,
        record bigint NOT NULL DEFAULT 0,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    "ALTER SEQUENCE base.change_id_seq OWNED BY base.change.id",
    "ALTER TABLE base.change ADD CONSTRAINT change_pkey PRIMARY KEY (id)",
    "ALTER TABLE base.change ADD CONSTRAINT change_model_required CHECK ((model <> ''::text))",
    "CREATE INDEX change_record_idx ON base.change USING btree (record)",
)
