-- Contact data of enterprises, their qualifications, and what an association asks for (J6, J9, J12, J13).
-- *_enc: AES-256-GCM with a key id.

ALTER TABLE enterprises ADD COLUMN contact_name_enc BLOB;
ALTER TABLE enterprises ADD COLUMN contact_telephone_enc BLOB;
ALTER TABLE enterprises ADD COLUMN contact_email_enc BLOB;
ALTER TABLE enterprises ADD COLUMN contact_address_enc BLOB;
ALTER TABLE enterprises ADD COLUMN contact_postcode_enc BLOB;

-- All requests of an enterprise, whatever their status.
CREATE INDEX associations_by_enterprise_id ON associations (enterprise_id, id);
CREATE INDEX cards_of_enterprise ON cards (enterprise_id, id);

-- An administrator who was verified can hand over to one who is verified by that ('transfer'). SQLite can't change a CHECK in place.
CREATE TABLE memberships_new (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator')),
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
    origin TEXT NOT NULL CHECK (origin IN ('card', 'association', 'administrator', 'staff')), -- what brought them in
    verified_by TEXT CHECK (verified_by IN ('card', 'staff', 'transfer')), -- of an administrator: who vouches that they are one
    verified_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (role = 'operator' OR state = 'active')
) STRICT, WITHOUT ROWID;
INSERT INTO memberships_new SELECT account_id, enterprise_id, role, state, origin, verified_by, verified_at, version, created_at, updated_at FROM memberships;
DROP TABLE memberships;
ALTER TABLE memberships_new RENAME TO memberships;
CREATE INDEX memberships_by_enterprise ON memberships (enterprise_id, account_id);
CREATE UNIQUE INDEX memberships_one_administrator ON memberships (enterprise_id) WHERE role = 'admin';
