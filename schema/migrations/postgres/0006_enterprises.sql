-- Contact data of enterprises, their qualifications, and what an association asks for (J6, J9, J12, J13).
-- *_enc: AES-256-GCM with a key id.

ALTER TABLE enterprises ADD COLUMN contact_name_enc BYTEA;
ALTER TABLE enterprises ADD COLUMN contact_telephone_enc BYTEA;
ALTER TABLE enterprises ADD COLUMN contact_email_enc BYTEA;
ALTER TABLE enterprises ADD COLUMN contact_address_enc BYTEA;
ALTER TABLE enterprises ADD COLUMN contact_postcode_enc BYTEA;

-- All requests of an enterprise, whatever their status.
CREATE INDEX associations_by_enterprise_id ON associations (enterprise_id, id);
CREATE INDEX cards_of_enterprise ON cards (enterprise_id, id);

-- An administrator who was verified can hand over to one who is verified by that ('transfer').
ALTER TABLE memberships DROP CONSTRAINT memberships_verified_by_check;
ALTER TABLE memberships ADD CONSTRAINT memberships_verified_by_check CHECK (verified_by IN ('card', 'staff', 'transfer'));
