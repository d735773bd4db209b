-- Accounts, sessions and what goes with them (journeys J1 to J4, J17 to J19).
-- Times are milliseconds since 1970 UTC. *_enc: AES-256-GCM with a key id; *_index: HMAC-SHA-256, for equality only.

CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    username TEXT COLLATE "C",
    username_key TEXT COLLATE "C" UNIQUE,               -- case-folded
    name TEXT COLLATE "C" NOT NULL,
    id_type TEXT COLLATE "C",                           -- absent for staff
    id_number_enc BYTEA,
    id_number_index BYTEA UNIQUE,            -- of type and number
    phone_enc BYTEA,
    phone_index BYTEA UNIQUE,
    email_enc BYTEA,
    address_enc BYTEA,
    postcode_enc BYTEA,
    telephone_enc BYTEA,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'active', 'inactive')),
    staff BOOLEAN NOT NULL DEFAULT FALSE,
    password_hash TEXT COLLATE "C",
    password_change_required BOOLEAN NOT NULL DEFAULT FALSE,
    password_changed_at BIGINT,
    password_token_hash BYTEA,               -- of the token that sets the first password, once
    password_token_expires_at BIGINT,
    locked_at BIGINT,                       -- by staff
    locked_reason TEXT COLLATE "C",
    last_login_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX accounts_by_name ON accounts (name, id, state, locked_at);
-- An account that staff locked is in the state "locked", whichever it was in before.
CREATE INDEX accounts_by_state ON accounts (state, id) WHERE locked_at IS NULL;
CREATE INDEX accounts_locked ON accounts (id) WHERE locked_at IS NOT NULL;

CREATE TABLE sms_codes (
    id UUID NOT NULL PRIMARY KEY,
    phone_index BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    code_hash BYTEA NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX sms_codes_by_phone ON sms_codes (phone_index, created_at);
CREATE INDEX sms_codes_by_age ON sms_codes (created_at);

-- One row a phone: taken FOR UPDATE in PostgreSQL, so that two requests for one phone can't both pass the limits.
CREATE TABLE sms_phones (
    phone_index BYTEA NOT NULL PRIMARY KEY,
    asked_at BIGINT NOT NULL
);

CREATE TABLE sms_outbox (
    id UUID NOT NULL PRIMARY KEY,
    phone_enc BYTEA NOT NULL,
    phone_index BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    text_enc BYTEA NOT NULL,
    code_enc BYTEA,
    created_at BIGINT NOT NULL
);
CREATE INDEX sms_outbox_by_phone ON sms_outbox (phone_index, id);

CREATE TABLE login_failures (
    subject BYTEA NOT NULL PRIMARY KEY,      -- HMAC of the account id, or of a login name that is nobody's
    failures BIGINT NOT NULL,
    level BIGINT NOT NULL,                  -- how often it was locked: each lock is longer
    locked_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX login_failures_by_age ON login_failures (updated_at);

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method TEXT COLLATE "C" NOT NULL CHECK (method IN ('password', 'sms', 'card')),
    amr TEXT COLLATE "C" NOT NULL,                      -- RFC 8176 values, space-separated
    card_class TEXT COLLATE "C",
    refresh_hash BYTEA NOT NULL,             -- SHA-256 of the one refresh token that is valid
    access_hash BYTEA NOT NULL,              -- SHA-256 of the newest access token
    device TEXT COLLATE "C",
    device_hash BYTEA NOT NULL,
    address TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT COLLATE "C"
);
CREATE INDEX sessions_by_account ON sessions (account_id, id);
CREATE INDEX sessions_by_device ON sessions (account_id, device_hash);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    data TEXT COLLATE "C" NOT NULL,                     -- JSON: what the text of this kind is filled with
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX messages_by_account ON messages (account_id, id);
CREATE INDEX messages_unread ON messages (account_id, id) WHERE read_at IS NULL;

CREATE TABLE idempotency (
    key_hash BYTEA NOT NULL PRIMARY KEY,     -- of route, caller and Idempotency-Key
    request_hash BYTEA NOT NULL,
    status BIGINT,                          -- absent while the first request is under way
    reply_enc BYTEA,
    created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE audit (
    id UUID NOT NULL PRIMARY KEY,
    chain BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id UUID,
    session_id UUID,
    enterprise_id UUID,
    address TEXT COLLATE "C",
    device TEXT COLLATE "C",
    amr TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    target_type TEXT COLLATE "C",
    target_id TEXT COLLATE "C",
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    result TEXT COLLATE "C" NOT NULL CHECK (result IN ('ok', 'refused')),
    code TEXT COLLATE "C",
    trace_id TEXT COLLATE "C",
    mac BYTEA NOT NULL,
    UNIQUE (chain, seq)
);
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX audit_by_target ON audit (target_id, id);
CREATE INDEX audit_by_enterprise ON audit (enterprise_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_refused ON audit (id) WHERE result = 'refused';

CREATE TABLE audit_heads (
    chain BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
INSERT INTO audit_heads (chain, seq, mac) VALUES (0, 0, ''), (1, 0, ''), (2, 0, ''), (3, 0, ''), (4, 0, ''), (5, 0, ''), (6, 0, ''), (7, 0, ''), (8, 0, ''), (9, 0, ''), (10, 0, ''), (11, 0, ''), (12, 0, ''), (13, 0, ''), (14, 0, ''), (15, 0, '');
