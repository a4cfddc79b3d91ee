"""Extra fields and custom records."""

revision = "f76fde24"
down_revision = "253572df"
requires: dict[str, str] = {}

UPGRADE = (
    "CREATE SEQUENCE base.custom_kind_id_seq",
    "CREATE SEQUENCE base.custom_record_id_seq",
    "CREATE SEQUENCE base.extra_field_id_seq",
    """
    CREATE TABLE base.custom_kind (
        archived boolean NOT NULL DEFAULT false,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        icon text NOT NULL DEFAULT ''::text,
        id bigint NOT NULL DEFAULT nextval('base.custom_kind_id_seq'::regclass),
        label text NOT NULL DEFAULT ''::text,
        name text NOT NULL DEFAULT ''::text,
        sequence bigint NOT NULL DEFAULT 0,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE base.custom_kind_groups (
        custom_kind_id bigint NOT NULL,
        group_id bigint NOT NULL
    )
    """,
    """
    CREATE TABLE base.custom_record (
        archived boolean NOT NULL DEFAULT false,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        extra jsonb NOT NULL DEFAULT '{}'::jsonb,
        id bigint NOT NULL DEFAULT nextval('base.custom_record_id_seq'::regclass),
        kind_id bigint NOT NULL,
        name text NOT NULL DEFAULT ''::text,
        owner_id bigint,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE base.extra_field (
        archived boolean NOT NULL DEFAULT false,
        comodel text NOT NULL DEFAULT ''::text,
        created_at timestamp with time zone NOT NULL DEFAULT now(),
        created_by bigint,
        help text NOT NULL DEFAULT ''::text,
        id bigint NOT NULL DEFAULT nextval('base.extra_field_id_seq'::regclass),
        in_list boolean NOT NULL DEFAULT false,
        kind_id bigint,
        label text NOT NULL DEFAULT ''::text,
        model text NOT NULL DEFAULT ''::text,
        name text NOT NULL DEFAULT ''::text,
        optional boolean NOT NULL DEFAULT false,
        options text NOT NULL DEFAULT ''::text,
        required boolean NOT NULL DEFAULT false,
        sequence bigint NOT NULL DEFAULT 0,
        type text NOT NULL,
        updated_at timestamp with time zone NOT NULL DEFAULT now(),
        updated_by bigint,
        version integer NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE base.extra_field_groups (
        extra_field_id bigint NOT NULL,
        group_id bigint NOT NULL
    )
    """,
    "ALTER SEQUENCE base.custom_kind_id_seq OWNED BY base.custom_kind.id",
    "ALTER SEQUENCE base.custom_record_id_seq OWNED BY base.custom_record.id",
    "ALTER SEQUENCE base.extra_field_id_seq OWNED BY base.extra_field.id",
    """
    ALTER TABLE base.extra_field_groups ADD CONSTRAINT extra_field_groups_pkey PRIMARY
        KEY (extra_field_id, group_id)
    """,
    "ALTER TABLE base.extra_field ADD CONSTRAINT extra_field_pkey PRIMARY KEY (id)",
    "ALTER TABLE base.custom_record ADD CONSTRAINT custom_record_pkey PRIMARY KEY (id)",
    """
    ALTER TABLE base.custom_kind_groups ADD CONSTRAINT custom_kind_groups_pkey PRIMARY
        KEY (custom_kind_id, group_id)
    """,
    "ALTER TABLE base.custom_kind ADD CONSTRAINT custom_kind_pkey PRIMARY KEY (id)",
    "ALTER TABLE base.extra_field ADD CONSTRAINT extra_field_label_required CHECK ((label <> ''::text))",
    """
    ALTER TABLE base.custom_record ADD CONSTRAINT custom_record_name_required CHECK ((name
        <> ''::text))
    """,
    "ALTER TABLE base.custom_kind ADD CONSTRAINT custom_kind_label_required CHECK ((label <> ''::text))",
    """
    ALTER TABLE base.extra_field_groups ADD CONSTRAINT extra_field_groups_group_id_fkey
        FOREIGN KEY (group_id) REFERENCES base."group"(id) ON DELETE CASCADE DEFERRABLE
    """,
    """
    ALTER TABLE base.extra_field_groups ADD CONSTRAINT extra_field_groups_extra_field_id_fkey
        FOREIGN KEY (extra_field_id) REFERENCES base.extra_field(id) ON DELETE CASCADE
        DEFERRABLE
    """,
    """
    ALTER TABLE base.extra_field ADD CONSTRAINT extra_field_kind_id_fkey FOREIGN KEY
        (kind_id) REFERENCES base.custom_kind(id) ON DELETE CASCADE DEFERRABLE
    """,
    """
    ALTER TABLE base.custom_record ADD CONSTRAINT custom_record_owner_id_fkey FOREIGN
        KEY (owner_id) REFERENCES base."user"(id) ON DELETE SET NULL DEFERRABLE
    """,
    """
    ALTER TABLE base.custom_record ADD CONSTRAINT custom_record_kind_id_fkey FOREIGN
        KEY (kind_id) REFERENCES base.custom_kind(id) DEFERRABLE
    """,
    """
    ALTER TABLE base.custom_kind_groups ADD CONSTRAINT custom_kind_groups_group_id_fkey
        FOREIGN KEY (group_id) REFERENCES base."group"(id) ON DELETE CASCADE DEFERRABLE
    """,
    """
    ALTER TABLE base.custom_kind_groups ADD CONSTRAINT custom_kind_groups_custom_kind_id_fkey
        FOREIGN KEY (custom_kind_id) REFERENCES base.custom_kind(id) ON DELETE CASCADE
        DEFERRABLE
    """,
    "CREATE INDEX custom_kind_groups_group_id_idx ON base.custom_kind_groups USING btree (group_id)",
    """
    CREATE UNIQUE INDEX custom_kind_name_once ON base.custom_kind USING btree (name)
        WHERE (name <> ''::text)
    """,
    "CREATE INDEX custom_record_kind_id_idx ON base.custom_record USING btree (kind_id)",
    "CREATE INDEX custom_record_owner_id_idx ON base.custom_record USING btree (owner_id)",
    "CREATE INDEX extra_field_groups_group_id_idx ON base.extra_field_groups USING btree (group_id)",
    "CREATE INDEX extra_field_kind_id_idx ON base.extra_field USING btree (kind_id)",
    "CREATE INDEX extra_field_model_idx ON base.extra_field USING btree (model)",
    """
    CREATE UNIQUE INDEX extra_field_once ON base.extra_field USING btree (model, name)
        WHERE ((model <> ''::text) AND (name <> ''::text))
    """,
)
