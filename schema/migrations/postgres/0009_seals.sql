-- Seals and signature images with the evidence of their making (J15, J16).

CREATE TABLE seals (
    id UUID NOT NULL PRIMARY KEY,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    revision BIGINT NOT NULL,              -- the one of seal_revisions that counts
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('official', 'contract', 'finance', 'customs', 'invoice')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'authorized', 'disabled', 'deleted')),
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,     -- for ETag
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (is_default = FALSE OR state = 'authorized')
);
CREATE INDEX seals_by_enterprise ON seals (enterprise_id, id);
CREATE UNIQUE INDEX seals_one_default ON seals (enterprise_id, kind) WHERE is_default;

-- What a legal-person card signed, and the SESeal made of it: one row for the making of a seal and for each change. Never changed, never deleted.
CREATE TABLE seal_revisions (
    seal_id UUID NOT NULL REFERENCES seals (id),
    revision BIGINT NOT NULL,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    es_id TEXT COLLATE "C" NOT NULL UNIQUE,             -- GB/T 38540 esID
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    shape TEXT COLLATE "C" NOT NULL,
    colour TEXT COLLATE "C" NOT NULL,
    width_mm BIGINT NOT NULL,
    height_mm BIGINT NOT NULL,
    resolution_dpi BIGINT NOT NULL,
    upload_sha256 BYTEA NOT NULL,            -- of the uploaded file: what the card signed
    challenge_text TEXT COLLATE "C" NOT NULL,           -- the bytes that the card signed
    signature BYTEA NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL CHECK (algorithm IN ('SM2', 'ES256', 'RS256')),
    signed_by TEXT COLLATE "C" NOT NULL,                -- the holder's name
    signed_by_account UUID NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mac BYTEA NOT NULL,                      -- HMAC over all the other columns
    -- The large ones come last, so that a list doesn't read through them.
    image BYTEA NOT NULL,                    -- PNG, made anew of the pixels of the uploaded file
    upload_enc BYTEA NOT NULL,               -- the uploaded file; *_enc: AES-256-GCM with a key id
    certificate_enc BYTEA NOT NULL,          -- the card's certificate: it holds an id number
    seseal_enc BYTEA NOT NULL,               -- holds the certificate, too
    PRIMARY KEY (seal_id, revision)
);
CREATE INDEX seal_revisions_by_enterprise ON seal_revisions (enterprise_id, created_at);

-- A person's own signature, drawn or uploaded.
CREATE TABLE signature_images (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'authorized', 'disabled')),
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    width_mm BIGINT NOT NULL,
    height_mm BIGINT NOT NULL,
    image_enc BYTEA NOT NULL,                -- PNG
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (is_default = FALSE OR state = 'authorized')
);
CREATE INDEX signature_images_by_account ON signature_images (account_id, id);
CREATE UNIQUE INDEX signature_images_one_default ON signature_images (account_id) WHERE is_default;

-- Who holds the legal-person card of an enterprise is told of what happens to its seals.
CREATE INDEX cards_of_legal_person ON cards (enterprise_id) WHERE class = 'legal_person' AND unbound_at IS NULL;
