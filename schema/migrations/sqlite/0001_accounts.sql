-- WAL: readers and the writer don't wait for each other. Spin opens connections without PRAGMAs; the mode stays with the file.
PRAGMA journal_mode = WAL;

-- Accounts, sessions and what goes with them (journeys J1 to J4, J17 to J19).
-- Times are milliseconds since 1970 UTC. *_enc: AES-256-GCM with a key id; *_index: HMAC-SHA-256, for equality only.

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT,
    username_key TEXT UNIQUE,               -- case-folded
    name TEXT NOT NULL,
    id_type TEXT,                           -- absent for staff
    id_number_enc BLOB,
    id_number_index BLOB UNIQUE,            -- of type and number
    phone_enc BLOB,
    phone_index BLOB UNIQUE,
    email_enc BLOB,
    address_enc BLOB,
    postcode_enc BLOB,
    telephone_enc BLOB,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'inactive')),
    staff INTEGER NOT NULL DEFAULT FALSE,
    password_hash TEXT,
    password_change_required INTEGER NOT NULL DEFAULT FALSE,
    password_changed_at INTEGER,
    password_token_hash BLOB,               -- of the token that sets the first password, once
    password_token_expires_at INTEGER,
    locked_at INTEGER,                       -- by staff
    locked_reason TEXT,
    last_login_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_name ON accounts (name, id, state, locked_at);
-- An account that staff locked is in the state "locked", whichever it was in before.
CREATE INDEX accounts_by_state ON accounts (state, id) WHERE locked_at IS NULL;
CREATE INDEX accounts_locked ON accounts (id) WHERE locked_at IS NOT NULL;

CREATE TABLE sms_codes (
    id TEXT NOT NULL PRIMARY KEY,
    phone_index BLOB NOT NULL,
    purpose TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sms_codes_by_phone ON sms_codes (phone_index, created_at);
CREATE INDEX sms_codes_by_age ON sms_codes (created_at);

-- One row a phone: taken FOR UPDATE in PostgreSQL, so that two requests for one phone can't both pass the limits.
CREATE TABLE sms_phones (
    phone_index BLOB NOT NULL PRIMARY KEY,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sms_outbox (
    id TEXT NOT NULL PRIMARY KEY,
    phone_enc BLOB NOT NULL,
    phone_index BLOB NOT NULL,
    purpose TEXT NOT NULL,
    text_enc BLOB NOT NULL,
    code_enc BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_outbox_by_phone ON sms_outbox (phone_index, id);

CREATE TABLE login_failures (
    subject BLOB NOT NULL PRIMARY KEY,      -- HMAC of the account id, or of a login name that is nobody's
    failures INTEGER NOT NULL,
    level INTEGER NOT NULL,                  -- how often it was locked: each lock is longer
    locked_until INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_failures_by_age ON login_failures (updated_at);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method TEXT NOT NULL CHECK (method IN ('password', 'sms', 'card')),
    amr TEXT NOT NULL,                      -- RFC 8176 values, space-separated
    card_class TEXT,
    refresh_hash BLOB NOT NULL,             -- SHA-256 of the one refresh token that is valid
    access_hash BLOB NOT NULL,              -- SHA-256 of the newest access token
    device TEXT,
    device_hash BLOB NOT NULL,
    address TEXT,
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id, id);
CREATE INDEX sessions_by_device ON sessions (account_id, device_hash);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,                     -- JSON: what the text of this kind is filled with
    created_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX messages_by_account ON messages (account_id, id);
CREATE INDEX messages_unread ON messages (account_id, id) WHERE read_at IS NULL;

CREATE TABLE idempotency (
    key_hash BLOB NOT NULL PRIMARY KEY,     -- of route, caller and Idempotency-Key
    request_hash BLOB NOT NULL,
    status INTEGER,                          -- absent while the first request is under way
    reply_enc BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    chain INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    session_id TEXT,
    enterprise_id TEXT,
    address TEXT,
    device TEXT,
    amr TEXT,
    action TEXT NOT NULL,
    target_type TEXT,
    target_id TEXT,
    before TEXT,
    after TEXT,
    result TEXT NOT NULL CHECK (result IN ('ok', 'refused')),
    code TEXT,
    trace_id TEXT,
    mac BLOB NOT NULL,
    UNIQUE (chain, seq)
) STRICT;
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX audit_by_target ON audit (target_id, id);
CREATE INDEX audit_by_enterprise ON audit (enterprise_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_refused ON audit (id) WHERE result = 'refused';

CREATE TABLE audit_heads (
    chain INTEGER NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO audit_heads (chain, seq, mac) VALUES (0, 0, x''), (1, 0, x''), (2, 0, x''), (3, 0, x''), (4, 0, x''), (5, 0, x''), (6, 0, x''), (7, 0, x''), (8, 0, x''), (9, 0, x''), (10, 0, x''), (11, 0, x''), (12, 0, x''), (13, 0, x''), (14, 0, x''), (15, 0, x'');
