-- Enterprises, who belongs to them, cards, and whom certificates are trusted from (journeys J5, J9 to J11, J18).

CREATE TABLE enterprises (
    id TEXT NOT NULL PRIMARY KEY,
    uscc TEXT UNIQUE,                       -- absent while only a card has told of it, and that card knows no more than the next column
    organisation_code TEXT NOT NULL UNIQUE, -- characters 9 to 17 of the USCC (GB 32100): one legal subject has one
    name TEXT NOT NULL,
    registered_address TEXT,
    business_scope TEXT,
    legal_person_name TEXT,
    state TEXT NOT NULL CHECK (state IN ('unverified', 'verified')),
    verified_by TEXT CHECK (verified_by IN ('card', 'staff')),
    verified_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,     -- for ETag
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX enterprises_by_state ON enterprises (state, id);

-- A person's place in an enterprise: one enterprise at a time.
CREATE TABLE memberships (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator')),
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
    origin TEXT NOT NULL CHECK (origin IN ('card', 'association', 'administrator', 'staff')), -- what brought them in
    verified_by TEXT CHECK (verified_by IN ('card', 'staff')), -- of an administrator: who vouches that they are one
    verified_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (role = 'operator' OR state = 'active')
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_enterprise ON memberships (enterprise_id, account_id);
CREATE UNIQUE INDEX memberships_one_administrator ON memberships (enterprise_id) WHERE role = 'admin';

-- Somebody asks to join an enterprise.
CREATE TABLE associations (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn')),
    reason TEXT,
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT
) STRICT;
CREATE UNIQUE INDEX associations_one_pending ON associations (account_id) WHERE status = 'pending';
CREATE INDEX associations_by_enterprise ON associations (enterprise_id, status, id);
CREATE INDEX associations_by_account ON associations (account_id, id);

-- A card that is, or was, tied to an account. An account has one card, a card one account.
CREATE TABLE cards (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    card_number TEXT NOT NULL,              -- without its prefix
    class TEXT NOT NULL CHECK (class IN ('legal_person', 'operator')),
    certificate_sha256 BLOB NOT NULL,       -- of the certificate that it was last seen with
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    reminded_sha256 BLOB,                   -- the certificate whose end the person was told of
    origin TEXT NOT NULL CHECK (origin IN ('login', 'person', 'staff')), -- what bound it
    bound_at INTEGER NOT NULL,
    last_used_at INTEGER,
    unbound_at INTEGER,
    unbind_reason TEXT
) STRICT;
CREATE UNIQUE INDEX cards_bound_number ON cards (card_number) WHERE unbound_at IS NULL;
CREATE UNIQUE INDEX cards_bound_account ON cards (account_id) WHERE unbound_at IS NULL;
CREATE INDEX cards_by_account ON cards (account_id, id);
CREATE INDEX cards_by_end ON cards (not_after) WHERE unbound_at IS NULL;

-- What a card is asked to sign, once.
CREATE TABLE card_challenges (
    id TEXT NOT NULL PRIMARY KEY,
    nonce TEXT NOT NULL,                    -- base64url of 32 bytes
    purpose TEXT NOT NULL CHECK (purpose IN ('login', 'bind', 'seal', 'admin_transfer')),
    argument TEXT,
    origin TEXT NOT NULL,
    account_id TEXT,                        -- who asked; absent for a login
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX card_challenges_by_expiry ON card_challenges (expires_at);

-- The card that opened a session.
ALTER TABLE sessions ADD COLUMN card_id TEXT REFERENCES cards (id);
CREATE INDEX sessions_by_card ON sessions (card_id) WHERE card_id IS NOT NULL;

CREATE TABLE trust_certificates (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('anchor', 'intermediate')),
    sha256 BLOB NOT NULL UNIQUE,
    der BLOB NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,                   -- lower-case hexadecimal
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE revocation_lists (
    id TEXT NOT NULL PRIMARY KEY,
    scope BLOB NOT NULL UNIQUE,             -- SHA-256 of issuer and distribution point: a newer list takes the older one's place
    sha256 BLOB NOT NULL,
    der BLOB NOT NULL,
    issuer TEXT NOT NULL,
    number TEXT NOT NULL,                   -- decimal, of any length
    revoked INTEGER NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

-- The digest of all that is trusted: functions keep what they have read until it changes.
CREATE TABLE trust_state (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BLOB NOT NULL
) STRICT;
INSERT INTO trust_state (id, revision) VALUES (1, x'');
