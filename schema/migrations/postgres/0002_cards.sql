-- Enterprises, who belongs to them, cards, and whom certificates are trusted from (journeys J5, J9 to J11, J18).

CREATE TABLE enterprises (
    id UUID NOT NULL PRIMARY KEY,
    uscc TEXT COLLATE "C" UNIQUE,                       -- absent while only a card has told of it, and that card knows no more than the next column
    organisation_code TEXT COLLATE "C" NOT NULL UNIQUE, -- characters 9 to 17 of the USCC (GB 32100): one legal subject has one
    name TEXT COLLATE "C" NOT NULL,
    registered_address TEXT COLLATE "C",
    business_scope TEXT COLLATE "C",
    legal_person_name TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('unverified', 'verified')),
    verified_by TEXT COLLATE "C" CHECK (verified_by IN ('card', 'staff')),
    verified_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,      -- for ETag
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX enterprises_by_state ON enterprises (state, id);

-- A person's place in an enterprise: one enterprise at a time.
CREATE TABLE memberships (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('admin', 'operator')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'suspended')),
    origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('card', 'association', 'administrator', 'staff')), -- what brought them in
    verified_by TEXT COLLATE "C" CHECK (verified_by IN ('card', 'staff')), -- of an administrator: who vouches that they are one
    verified_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (role = 'operator' OR state = 'active')
);
CREATE INDEX memberships_by_enterprise ON memberships (enterprise_id, account_id);
CREATE UNIQUE INDEX memberships_one_administrator ON memberships (enterprise_id) WHERE role = 'admin';

-- Somebody asks to join an enterprise.
CREATE TABLE associations (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('admin', 'operator')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn')),
    reason TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID
);
CREATE UNIQUE INDEX associations_one_pending ON associations (account_id) WHERE status = 'pending';
CREATE INDEX associations_by_enterprise ON associations (enterprise_id, status, id);
CREATE INDEX associations_by_account ON associations (account_id, id);

-- A card that is, or was, tied to an account. An account has one card, a card one account.
CREATE TABLE cards (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    card_number TEXT COLLATE "C" NOT NULL,              -- without its prefix
    class TEXT COLLATE "C" NOT NULL CHECK (class IN ('legal_person', 'operator')),
    certificate_sha256 BYTEA NOT NULL,       -- of the certificate that it was last seen with
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    reminded_sha256 BYTEA,                   -- the certificate whose end the person was told of
    origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('login', 'person', 'staff')), -- what bound it
    bound_at BIGINT NOT NULL,
    last_used_at BIGINT,
    unbound_at BIGINT,
    unbind_reason TEXT COLLATE "C"
);
CREATE UNIQUE INDEX cards_bound_number ON cards (card_number) WHERE unbound_at IS NULL;
CREATE UNIQUE INDEX cards_bound_account ON cards (account_id) WHERE unbound_at IS NULL;
CREATE INDEX cards_by_account ON cards (account_id, id);
CREATE INDEX cards_by_end ON cards (not_after) WHERE unbound_at IS NULL;

-- What a card is asked to sign, once.
CREATE TABLE card_challenges (
    id UUID NOT NULL PRIMARY KEY,
    nonce TEXT COLLATE "C" NOT NULL,                    -- base64url of 32 bytes
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('login', 'bind', 'seal', 'admin_transfer')),
    argument TEXT COLLATE "C",
    origin TEXT COLLATE "C" NOT NULL,
    account_id UUID,                        -- who asked; absent for a login
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX card_challenges_by_expiry ON card_challenges (expires_at);

-- The card that opened a session.
ALTER TABLE sessions ADD COLUMN card_id UUID REFERENCES cards (id);
CREATE INDEX sessions_by_card ON sessions (card_id) WHERE card_id IS NOT NULL;

CREATE TABLE trust_certificates (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('anchor', 'intermediate')),
    sha256 BYTEA NOT NULL UNIQUE,
    der BYTEA NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,                   -- lower-case hexadecimal
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE revocation_lists (
    id UUID NOT NULL PRIMARY KEY,
    scope BYTEA NOT NULL UNIQUE,             -- SHA-256 of issuer and distribution point: a newer list takes the older one's place
    sha256 BYTEA NOT NULL,
    der BYTEA NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,                   -- decimal, of any length
    revoked BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT,
    created_at BIGINT NOT NULL
);

-- The digest of all that is trusted: functions keep what they have read until it changes.
CREATE TABLE trust_state (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BYTEA NOT NULL
);
INSERT INTO trust_state (id, revision) VALUES (1, '');
