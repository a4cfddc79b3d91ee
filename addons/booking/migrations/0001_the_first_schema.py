"""The first schema."""

revision = "6cec194a"
down_revision = None
requires: dict[str, str] = {"base": "0ee6a1fd", "web": "30536a4d"}

UPGRADE = (
    'CREATE SCHEMA IF NOT EXISTS "booking"',
    """
    DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; EXCEPTION
        WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;
        END $tenon$
    """,
    'CREATE SEQUENCE "booking"."allocation_id_seq"',
    """
    CREATE TABLE booking.allocation (
        id BIGINT DEFAULT nextval('"booking"."allocation_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        booking_id BIGINT NOT NULL,
        resource_id BIGINT NOT NULL,
        unit BIGINT DEFAULT 0 NOT NULL,
        during TSTZRANGE NOT NULL,
        state TEXT NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT allocation_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."allocation_id_seq" OWNED BY booking.allocation.id',
    'CREATE SEQUENCE "booking"."booking_id_seq"',
    """
    CREATE TABLE booking.booking (
        id BIGINT DEFAULT nextval('"booking"."booking_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        reference TEXT DEFAULT '' NOT NULL,
        title TEXT DEFAULT '' NOT NULL,
        service_id BIGINT NOT NULL,
        customer_id BIGINT,
        start TIMESTAMP WITH TIME ZONE NOT NULL,
        "end" TIMESTAMP WITH TIME ZONE NOT NULL,
        state TEXT NOT NULL,
        party_size BIGINT DEFAULT 0 NOT NULL,
        price NUMERIC(18, 4) DEFAULT 0 NOT NULL,
        currency_id BIGINT,
        source TEXT NOT NULL,
        tz TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        cancel_reason TEXT DEFAULT '' NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE,
        idempotency_key TEXT DEFAULT '' NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        CONSTRAINT booking_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."booking_id_seq" OWNED BY booking.booking.id',
    'CREATE SEQUENCE "booking"."customer_id_seq"',
    """
    CREATE TABLE booking.customer (
        id BIGINT DEFAULT nextval('"booking"."customer_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        email TEXT DEFAULT '' NOT NULL,
        email_key TEXT DEFAULT '' NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        tz TEXT DEFAULT '' NOT NULL,
        language TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        no_shows BIGINT DEFAULT 0 NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT customer_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."customer_id_seq" OWNED BY booking.customer.id',
    'CREATE SEQUENCE "booking"."event_id_seq"',
    """
    CREATE TABLE booking.event (
        id BIGINT DEFAULT nextval('"booking"."event_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        booking_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        before TEXT DEFAULT '' NOT NULL,
        after TEXT DEFAULT '' NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        by_id BIGINT,
        CONSTRAINT event_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."event_id_seq" OWNED BY booking.event.id',
    'CREATE SEQUENCE "booking"."leave_id_seq"',
    """
    CREATE TABLE booking.leave (
        id BIGINT DEFAULT nextval('"booking"."leave_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        resource_id BIGINT,
        kind TEXT NOT NULL,
        start TIMESTAMP WITH TIME ZONE NOT NULL,
        "end" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT leave_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."leave_id_seq" OWNED BY booking.leave.id',
    'CREATE SEQUENCE "booking"."resource_id_seq"',
    """
    CREATE TABLE booking.resource (
        id BIGINT DEFAULT nextval('"booking"."resource_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        kind TEXT NOT NULL,
        units BIGINT DEFAULT 0 NOT NULL,
        tz TEXT DEFAULT '' NOT NULL,
        schedule_id BIGINT,
        user_id BIGINT,
        sequence BIGINT DEFAULT 0 NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT resource_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."resource_id_seq" OWNED BY booking.resource.id',
    'CREATE SEQUENCE "booking"."pool_id_seq"',
    """
    CREATE TABLE booking.pool (
        id BIGINT DEFAULT nextval('"booking"."pool_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT pool_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."pool_id_seq" OWNED BY booking.pool.id',
    'CREATE SEQUENCE "booking"."schedule_id_seq"',
    """
    CREATE TABLE booking.schedule (
        id BIGINT DEFAULT nextval('"booking"."schedule_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT schedule_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."schedule_id_seq" OWNED BY booking.schedule.id',
    'CREATE SEQUENCE "booking"."schedule_rule_id_seq"',
    """
    CREATE TABLE booking.schedule_rule (
        id BIGINT DEFAULT nextval('"booking"."schedule_rule_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        schedule_id BIGINT NOT NULL,
        weekday TEXT NOT NULL,
        begins TEXT DEFAULT '' NOT NULL,
        ends TEXT DEFAULT '' NOT NULL,
        valid_from DATE,
        valid_to DATE,
        weeks TEXT NOT NULL,
        CONSTRAINT schedule_rule_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."schedule_rule_id_seq" OWNED BY booking.schedule_rule.id',
    'CREATE SEQUENCE "booking"."service_id_seq"',
    """
    CREATE TABLE booking.service (
        id BIGINT DEFAULT nextval('"booking"."service_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        summary TEXT DEFAULT '' NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        duration BIGINT DEFAULT 0 NOT NULL,
        buffer_before BIGINT DEFAULT 0 NOT NULL,
        buffer_after BIGINT DEFAULT 0 NOT NULL,
        interval BIGINT DEFAULT 0 NOT NULL,
        notice BIGINT DEFAULT 0 NOT NULL,
        horizon BIGINT DEFAULT 0 NOT NULL,
        daily_limit BIGINT DEFAULT 0 NOT NULL,
        capacity BIGINT DEFAULT 0 NOT NULL,
        approval BOOLEAN DEFAULT false NOT NULL,
        online BOOLEAN DEFAULT false NOT NULL,
        price NUMERIC(18, 4) DEFAULT 0 NOT NULL,
        currency_id BIGINT NOT NULL,
        location TEXT DEFAULT '' NOT NULL,
        tz TEXT DEFAULT '' NOT NULL,
        color TEXT NOT NULL,
        archived BOOLEAN DEFAULT false NOT NULL,
        CONSTRAINT service_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."service_id_seq" OWNED BY booking.service.id',
    'CREATE SEQUENCE "booking"."requirement_id_seq"',
    """
    CREATE TABLE booking.requirement (
        id BIGINT DEFAULT nextval('"booking"."requirement_id_seq"') NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        created_by BIGINT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_by BIGINT,
        version INTEGER DEFAULT 1 NOT NULL,
        service_id BIGINT NOT NULL,
        resource_id BIGINT,
        pool_id BIGINT,
        quantity BIGINT DEFAULT 0 NOT NULL,
        per_person BOOLEAN DEFAULT false NOT NULL,
        sequence BIGINT DEFAULT 0 NOT NULL,
        CONSTRAINT requirement_pkey PRIMARY KEY (id))
    """,
    'ALTER SEQUENCE "booking"."requirement_id_seq" OWNED BY booking.requirement.id',
    """
    CREATE TABLE booking.booking_resources (
        booking_id BIGINT NOT NULL,
        resource_id BIGINT NOT NULL,
        CONSTRAINT booking_resources_pkey PRIMARY KEY (booking_id, resource_id))
    """,
    """
    CREATE TABLE booking.pool_members (
        pool_id BIGINT NOT NULL,
        resource_id BIGINT NOT NULL,
        CONSTRAINT pool_members_pkey PRIMARY KEY (pool_id, resource_id))
    """,
    "CREATE INDEX allocation_booking_id_idx ON booking.allocation (booking_id)",
    """
    ALTER TABLE booking.allocation ADD CONSTRAINT allocation_no_overlap EXCLUDE USING
        gist (int8range(resource_id, resource_id, '[]') WITH &&, int8range(unit, unit,
        '[]') WITH &&, during WITH &&) WHERE (state IN ('held', 'pending', 'confirmed'))
    """,
    "CREATE INDEX allocation_resource_id_idx ON booking.allocation (resource_id)",
    """
    ALTER TABLE booking.allocation ADD CONSTRAINT allocation_booking_id_fkey FOREIGN
        KEY(booking_id) REFERENCES booking.booking (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.allocation ADD CONSTRAINT allocation_resource_id_fkey FOREIGN
        KEY(resource_id) REFERENCES booking.resource (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX booking_currency_id_idx ON booking.booking (currency_id)",
    "CREATE INDEX booking_customer_id_idx ON booking.booking (customer_id)",
    'ALTER TABLE booking.booking ADD CONSTRAINT booking_forward CHECK ("end" > start)',
    """
    CREATE UNIQUE INDEX booking_key_once ON booking.booking (idempotency_key) WHERE idempotency_key
        != ''
    """,
    "ALTER TABLE booking.booking ADD CONSTRAINT booking_people_some CHECK (party_size >= 1)",
    "CREATE UNIQUE INDEX booking_reference_once ON booking.booking (reference) WHERE reference != ''",
    "ALTER TABLE booking.booking ADD CONSTRAINT booking_reference_required CHECK (reference != '')",
    "CREATE INDEX booking_service_id_idx ON booking.booking (service_id)",
    "CREATE INDEX booking_start_idx ON booking.booking (start)",
    """
    ALTER TABLE booking.booking ADD CONSTRAINT booking_currency_id_fkey FOREIGN KEY(currency_id)
        REFERENCES base.currency (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.booking ADD CONSTRAINT booking_customer_id_fkey FOREIGN KEY(customer_id)
        REFERENCES booking.customer (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.booking ADD CONSTRAINT booking_service_id_fkey FOREIGN KEY(service_id)
        REFERENCES booking.service (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE INDEX customer_email_key_idx ON booking.customer (email_key)",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX customer_email_trgm ON booking.customer USING gin (email gin_trgm_ops);
        END IF; END $tenon$
    """,
    "ALTER TABLE booking.customer ADD CONSTRAINT customer_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX customer_name_trgm ON booking.customer USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "CREATE INDEX event_booking_id_idx ON booking.event (booking_id)",
    "CREATE INDEX event_by_id_idx ON booking.event (by_id)",
    """
    ALTER TABLE booking.event ADD CONSTRAINT event_booking_id_fkey FOREIGN KEY(booking_id)
        REFERENCES booking.booking (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.event ADD CONSTRAINT event_by_id_fkey FOREIGN KEY(by_id) REFERENCES
        base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    'ALTER TABLE booking.leave ADD CONSTRAINT leave_forward CHECK ("end" > start)',
    "ALTER TABLE booking.leave ADD CONSTRAINT leave_name_required CHECK (name != '')",
    "CREATE INDEX leave_resource_id_idx ON booking.leave (resource_id)",
    "CREATE INDEX leave_start_idx ON booking.leave (start)",
    """
    ALTER TABLE booking.leave ADD CONSTRAINT leave_resource_id_fkey FOREIGN KEY(resource_id)
        REFERENCES booking.resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
    """,
    "ALTER TABLE booking.resource ADD CONSTRAINT resource_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX resource_name_trgm ON booking.resource USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "CREATE INDEX resource_schedule_id_idx ON booking.resource (schedule_id)",
    "ALTER TABLE booking.resource ADD CONSTRAINT resource_tz_required CHECK (tz != '')",
    "ALTER TABLE booking.resource ADD CONSTRAINT resource_units_some CHECK (units BETWEEN 1 AND 500)",
    "CREATE INDEX resource_user_id_idx ON booking.resource (user_id)",
    """
    ALTER TABLE booking.resource ADD CONSTRAINT resource_schedule_id_fkey FOREIGN KEY(schedule_id)
        REFERENCES booking.schedule (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.resource ADD CONSTRAINT resource_user_id_fkey FOREIGN KEY(user_id)
        REFERENCES base."user" (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE
    """,
    "CREATE UNIQUE INDEX pool_name_once ON booking.pool (name) WHERE name != ''",
    "ALTER TABLE booking.pool ADD CONSTRAINT pool_name_required CHECK (name != '')",
    "CREATE UNIQUE INDEX schedule_name_once ON booking.schedule (name) WHERE name != ''",
    "ALTER TABLE booking.schedule ADD CONSTRAINT schedule_name_required CHECK (name != '')",
    "ALTER TABLE booking.schedule_rule ADD CONSTRAINT schedule_rule_begins_required CHECK (begins != '')",
    "ALTER TABLE booking.schedule_rule ADD CONSTRAINT schedule_rule_ends_required CHECK (ends != '')",
    "CREATE INDEX schedule_rule_schedule_id_idx ON booking.schedule_rule (schedule_id)",
    """
    ALTER TABLE booking.schedule_rule ADD CONSTRAINT schedule_rule_schedule_id_fkey FOREIGN
        KEY(schedule_id) REFERENCES booking.schedule (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.service ADD CONSTRAINT service_bounds_some CHECK (notice >= 0
        AND horizon BETWEEN 0 AND 730 AND daily_limit >= 0 AND capacity BETWEEN 1 AND
        500)
    """,
    """
    ALTER TABLE booking.service ADD CONSTRAINT service_buffers_some CHECK (buffer_before
        BETWEEN 0 AND 1440 AND buffer_after BETWEEN 0 AND 1440)
    """,
    "CREATE INDEX service_currency_id_idx ON booking.service (currency_id)",
    """
    ALTER TABLE booking.service ADD CONSTRAINT service_duration_some CHECK (duration
        BETWEEN 1 AND 1440)
    """,
    """
    ALTER TABLE booking.service ADD CONSTRAINT service_interval_some CHECK ("interval"
        BETWEEN 1 AND 1440)
    """,
    "CREATE UNIQUE INDEX service_name_once ON booking.service (name) WHERE name != ''",
    "ALTER TABLE booking.service ADD CONSTRAINT service_name_required CHECK (name != '')",
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX service_name_trgm ON booking.service USING gin (name gin_trgm_ops);
        END IF; END $tenon$
    """,
    "ALTER TABLE booking.service ADD CONSTRAINT service_tz_required CHECK (tz != '')",
    """
    ALTER TABLE booking.service ADD CONSTRAINT service_currency_id_fkey FOREIGN KEY(currency_id)
        REFERENCES base.currency (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.requirement ADD CONSTRAINT requirement_either CHECK ((resource_id
        IS NULL) <> (pool_id IS NULL))
    """,
    "CREATE INDEX requirement_pool_id_idx ON booking.requirement (pool_id)",
    "CREATE INDEX requirement_resource_id_idx ON booking.requirement (resource_id)",
    "CREATE INDEX requirement_service_id_idx ON booking.requirement (service_id)",
    "ALTER TABLE booking.requirement ADD CONSTRAINT requirement_some CHECK (quantity BETWEEN 1 AND 500)",
    """
    ALTER TABLE booking.requirement ADD CONSTRAINT requirement_pool_id_fkey FOREIGN KEY(pool_id)
        REFERENCES booking.pool (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.requirement ADD CONSTRAINT requirement_resource_id_fkey FOREIGN
        KEY(resource_id) REFERENCES booking.resource (id) DEFERRABLE INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.requirement ADD CONSTRAINT requirement_service_id_fkey FOREIGN
        KEY(service_id) REFERENCES booking.service (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    "CREATE INDEX booking_resources_resource_id_idx ON booking.booking_resources (resource_id)",
    """
    ALTER TABLE booking.booking_resources ADD CONSTRAINT booking_resources_booking_id_fkey
        FOREIGN KEY(booking_id) REFERENCES booking.booking (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    ALTER TABLE booking.booking_resources ADD CONSTRAINT booking_resources_resource_id_fkey
        FOREIGN KEY(resource_id) REFERENCES booking.resource (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    "CREATE INDEX pool_members_resource_id_idx ON booking.pool_members (resource_id)",
    """
    ALTER TABLE booking.pool_members ADD CONSTRAINT pool_members_pool_id_fkey FOREIGN
        KEY(pool_id) REFERENCES booking.pool (id) ON DELETE CASCADE DEFERRABLE INITIALLY
        IMMEDIATE
    """,
    """
    ALTER TABLE booking.pool_members ADD CONSTRAINT pool_members_resource_id_fkey FOREIGN
        KEY(resource_id) REFERENCES booking.resource (id) ON DELETE CASCADE DEFERRABLE
        INITIALLY IMMEDIATE
    """,
    """
    DO $tenon$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_app') THEN
        GRANT USAGE ON SCHEMA "booking" TO tenon_app; GRANT SELECT, INSERT, UPDATE, DELETE
        ON ALL TABLES IN SCHEMA "booking" TO tenon_app; GRANT USAGE, SELECT ON ALL SEQUENCES
        IN SCHEMA "booking" TO tenon_app; END IF; END $tenon$
    """,
)
