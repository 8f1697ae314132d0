-- Foundation: tenants, users, devices, device authentications, audit, keys.
-- Ids are UUIDs, times are microseconds since the Unix epoch. Every key of tenant data begins with env_id.

CREATE TABLE stamps (
    name  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO stamps (name, value) VALUES ('configuration', 1);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE data_keys (
    id         UUID NOT NULL PRIMARY KEY,
    sealed     BYTEA NOT NULL,
    is_current BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE organizations (
    id         UUID NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE licenses (
    org_id     UUID NOT NULL,
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE environments (
    id         UUID NOT NULL PRIMARY KEY,
    org_id     UUID NOT NULL,
    license_id UUID NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX environments_by_name ON environments (org_id, name_key);

CREATE TABLE populations (
    env_id     UUID NOT NULL,
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE UNIQUE INDEX populations_by_name ON populations (env_id, name_key);
CREATE UNIQUE INDEX populations_default ON populations (env_id) WHERE is_default;

CREATE TABLE users (
    env_id        UUID NOT NULL,
    id            UUID NOT NULL,
    population_id UUID NOT NULL,
    username      TEXT NOT NULL,
    username_key  TEXT NOT NULL,
    enabled       BOOLEAN NOT NULL,
    mfa_enabled   BOOLEAN NOT NULL,
    ordered       BOOLEAN NOT NULL,
    failed_count  BIGINT NOT NULL,
    locked_at     BIGINT,
    unlock_at     BIGINT,
    version       BIGINT NOT NULL,
    doc           TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE UNIQUE INDEX users_by_username ON users (env_id, username_key);
CREATE INDEX users_by_creation ON users (env_id, created_at, id);
CREATE INDEX users_by_population ON users (env_id, population_id, created_at, id);

CREATE TABLE applications (
    env_id     UUID NOT NULL,
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    type       TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL,
    secret     BYTEA,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE UNIQUE INDEX applications_by_name ON applications (env_id, name_key);

CREATE TABLE role_assignments (
    env_id       UUID NOT NULL,
    id           UUID NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor_id     UUID NOT NULL,
    role_id      UUID NOT NULL,
    scope_kind   TEXT NOT NULL,
    scope_id     UUID NOT NULL,
    scope_env_id UUID,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE INDEX role_assignments_by_actor ON role_assignments (env_id, actor_kind, actor_id);

CREATE TABLE device_authentication_policies (
    env_id     UUID NOT NULL,
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE UNIQUE INDEX device_authentication_policies_by_name ON device_authentication_policies (env_id, name_key);
CREATE UNIQUE INDEX device_authentication_policies_default ON device_authentication_policies (env_id) WHERE is_default;

CREATE TABLE fido2_policies (
    env_id     UUID NOT NULL,
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE UNIQUE INDEX fido2_policies_by_name ON fido2_policies (env_id, name_key);
CREATE UNIQUE INDEX fido2_policies_default ON fido2_policies (env_id) WHERE is_default;

CREATE TABLE mfa_settings (
    env_id     UUID NOT NULL PRIMARY KEY,
    doc        TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    env_id     UUID NOT NULL,
    kid        TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    jwk        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retires_at BIGINT,
    PRIMARY KEY (env_id, kid)
);

CREATE TABLE devices (
    env_id       UUID NOT NULL,
    id           UUID NOT NULL,
    user_id      UUID NOT NULL,
    type         TEXT NOT NULL,
    active       BOOLEAN NOT NULL,
    nickname     TEXT,
    position     BIGINT,
    kid          TEXT,
    counter      BIGINT,
    failures     BIGINT NOT NULL,
    locked_until BIGINT,
    lock_reason  TEXT,
    blocked_at   BIGINT,
    expires_at   BIGINT,
    version      BIGINT NOT NULL,
    doc          TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
-- The user first: with the environment first, PostgreSQL takes this index for look-ups by id until it has
-- statistics, and reads every device of the environment.
CREATE INDEX devices_by_user ON devices (user_id, env_id);
CREATE UNIQUE INDEX devices_by_kid ON devices (env_id, kid) WHERE kid IS NOT NULL;
CREATE INDEX devices_pending ON devices (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE device_tombstones (
    env_id       UUID NOT NULL,
    id           UUID NOT NULL,
    user_id      UUID NOT NULL,
    type         TEXT NOT NULL,
    kid          TEXT,
    doc          TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    deleted_at   BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE INDEX device_tombstones_by_kid ON device_tombstones (env_id, kid);

CREATE TABLE device_authentications (
    env_id     UUID NOT NULL,
    id         UUID NOT NULL,
    user_id    UUID,
    open       BOOLEAN NOT NULL,
    version    BIGINT NOT NULL,
    doc        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (env_id, id)
);
CREATE INDEX device_authentications_open ON device_authentications (env_id, user_id) WHERE open;
CREATE INDEX device_authentications_expiry ON device_authentications (expires_at);

-- The trail. It grows at its end and is read by time.
CREATE TABLE activities (
    env_id      UUID NOT NULL,
    recorded_at BIGINT NOT NULL,
    id          UUID NOT NULL,
    action      TEXT NOT NULL,
    doc         TEXT NOT NULL,
    mac         BYTEA NOT NULL,
    PRIMARY KEY (env_id, recorded_at, id)
);
