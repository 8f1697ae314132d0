-- Foundation: tenants, users, devices, device authentications, audit, keys.
-- Ids are 16-byte UUIDs, times are microseconds since the Unix epoch. Every key of tenant data begins with env_id.

CREATE TABLE stamps (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO stamps (name, value) VALUES ('configuration', 1);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE data_keys (
    id         BLOB    NOT NULL PRIMARY KEY,
    sealed     BLOB    NOT NULL,
    is_current INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id         BLOB    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE licenses (
    org_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;

CREATE TABLE environments (
    id         BLOB    NOT NULL PRIMARY KEY,
    org_id     BLOB    NOT NULL,
    license_id BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX environments_by_name ON environments (org_id, name_key);

CREATE TABLE populations (
    env_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    is_default INTEGER NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE UNIQUE INDEX populations_by_name ON populations (env_id, name_key);
CREATE UNIQUE INDEX populations_default ON populations (env_id) WHERE is_default;

CREATE TABLE users (
    env_id        BLOB    NOT NULL,
    id            BLOB    NOT NULL,
    population_id BLOB    NOT NULL,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL,
    enabled       INTEGER NOT NULL,
    mfa_enabled   INTEGER NOT NULL,
    ordered       INTEGER NOT NULL,
    failed_count  INTEGER NOT NULL,
    locked_at     INTEGER,
    unlock_at     INTEGER,
    version       INTEGER NOT NULL,
    doc           TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE UNIQUE INDEX users_by_username ON users (env_id, username_key);
CREATE INDEX users_by_creation ON users (env_id, created_at, id);
CREATE INDEX users_by_population ON users (env_id, population_id, created_at, id);

CREATE TABLE applications (
    env_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    enabled    INTEGER NOT NULL,
    secret     BLOB,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE UNIQUE INDEX applications_by_name ON applications (env_id, name_key);

CREATE TABLE role_assignments (
    env_id       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor_id     BLOB    NOT NULL,
    role_id      BLOB    NOT NULL,
    scope_kind   TEXT    NOT NULL,
    scope_id     BLOB    NOT NULL,
    scope_env_id BLOB,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE INDEX role_assignments_by_actor ON role_assignments (env_id, actor_kind, actor_id);

CREATE TABLE device_authentication_policies (
    env_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    is_default INTEGER NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE UNIQUE INDEX device_authentication_policies_by_name ON device_authentication_policies (env_id, name_key);
CREATE UNIQUE INDEX device_authentication_policies_default ON device_authentication_policies (env_id) WHERE is_default;

CREATE TABLE fido2_policies (
    env_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    is_default INTEGER NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE UNIQUE INDEX fido2_policies_by_name ON fido2_policies (env_id, name_key);
CREATE UNIQUE INDEX fido2_policies_default ON fido2_policies (env_id) WHERE is_default;

CREATE TABLE mfa_settings (
    env_id     BLOB    NOT NULL PRIMARY KEY,
    doc        TEXT    NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    env_id     BLOB    NOT NULL,
    kid        TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    jwk        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL,
    retires_at INTEGER,
    PRIMARY KEY (env_id, kid)
) STRICT;

CREATE TABLE devices (
    env_id       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    user_id      BLOB    NOT NULL,
    type         TEXT    NOT NULL,
    active       INTEGER NOT NULL,
    nickname     TEXT,
    position     INTEGER,
    kid          TEXT,
    counter      INTEGER,
    failures     INTEGER NOT NULL,
    locked_until INTEGER,
    lock_reason  TEXT,
    blocked_at   INTEGER,
    expires_at   INTEGER,
    version      INTEGER NOT NULL,
    doc          TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
-- The user first: with the environment first, PostgreSQL takes this index for look-ups by id until it has
-- statistics, and reads every device of the environment.
CREATE INDEX devices_by_user ON devices (user_id, env_id);
CREATE UNIQUE INDEX devices_by_kid ON devices (env_id, kid) WHERE kid IS NOT NULL;
CREATE INDEX devices_pending ON devices (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE device_tombstones (
    env_id       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    user_id      BLOB    NOT NULL,
    type         TEXT    NOT NULL,
    kid          TEXT,
    doc          TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    deleted_at   INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE INDEX device_tombstones_by_kid ON device_tombstones (env_id, kid);

CREATE TABLE device_authentications (
    env_id     BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    user_id    BLOB,
    open       INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (env_id, id)
) STRICT;
CREATE INDEX device_authentications_open ON device_authentications (env_id, user_id) WHERE open;
CREATE INDEX device_authentications_expiry ON device_authentications (expires_at);

-- The trail. Clustered by time: it grows at its end and is read by time.
CREATE TABLE activities (
    env_id      BLOB    NOT NULL,
    recorded_at INTEGER NOT NULL,
    id          BLOB    NOT NULL,
    action      TEXT    NOT NULL,
    doc         TEXT    NOT NULL,
    mac         BLOB    NOT NULL,
    PRIMARY KEY (env_id, recorded_at, id)
) STRICT, WITHOUT ROWID;
