-- Seals and signature images with the evidence of their making (J15, J16).

CREATE TABLE seals (
    id TEXT NOT NULL PRIMARY KEY,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    revision INTEGER NOT NULL,              -- the one of seal_revisions that counts
    kind TEXT NOT NULL CHECK (kind IN ('official', 'contract', 'finance', 'customs', 'invoice')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'authorized', 'disabled', 'deleted')),
    is_default INTEGER NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,     -- for ETag
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (is_default = FALSE OR state = 'authorized')
) STRICT;
CREATE INDEX seals_by_enterprise ON seals (enterprise_id, id);
CREATE UNIQUE INDEX seals_one_default ON seals (enterprise_id, kind) WHERE is_default;

-- What a legal-person card signed, and the SESeal made of it: one row for the making of a seal and for each change. Never changed, never deleted.
CREATE TABLE seal_revisions (
    seal_id TEXT NOT NULL REFERENCES seals (id),
    revision INTEGER NOT NULL,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    es_id TEXT NOT NULL UNIQUE,             -- GB/T 38540 esID
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    colour TEXT NOT NULL,
    width_mm INTEGER NOT NULL,
    height_mm INTEGER NOT NULL,
    resolution_dpi INTEGER NOT NULL,
    upload_sha256 BLOB NOT NULL,            -- of the uploaded file: what the card signed
    challenge_text TEXT NOT NULL,           -- the bytes that the card signed
    signature BLOB NOT NULL,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('SM2', 'ES256', 'RS256')),
    signed_by TEXT NOT NULL,                -- the holder's name
    signed_by_account TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL,                      -- HMAC over all the other columns
    -- The large ones come last, so that a list doesn't read through them.
    image BLOB NOT NULL,                    -- PNG, made anew of the pixels of the uploaded file
    upload_enc BLOB NOT NULL,               -- the uploaded file; *_enc: AES-256-GCM with a key id
    certificate_enc BLOB NOT NULL,          -- the card's certificate: it holds an id number
    seseal_enc BLOB NOT NULL,               -- holds the certificate, too
    PRIMARY KEY (seal_id, revision)
) STRICT;
CREATE INDEX seal_revisions_by_enterprise ON seal_revisions (enterprise_id, created_at);

-- A person's own signature, drawn or uploaded.
CREATE TABLE signature_images (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'authorized', 'disabled')),
    is_default INTEGER NOT NULL DEFAULT FALSE,
    width_mm INTEGER NOT NULL,
    height_mm INTEGER NOT NULL,
    image_enc BLOB NOT NULL,                -- PNG
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (is_default = FALSE OR state = 'authorized')
) STRICT;
CREATE INDEX signature_images_by_account ON signature_images (account_id, id);
CREATE UNIQUE INDEX signature_images_one_default ON signature_images (account_id) WHERE is_default;

-- Who holds the legal-person card of an enterprise is told of what happens to its seals.
CREATE INDEX cards_of_legal_person ON cards (enterprise_id) WHERE class = 'legal_person' AND unbound_at IS NULL;
