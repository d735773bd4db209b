-- What a claim that nobody verified may leave behind, whom an administrator removed, and the registry found by organisation code (J8, J9, J11).

-- Which columns of the row a claimant typed, separated by spaces, and who: neither the registry nor a card has said them.
ALTER TABLE enterprises ADD COLUMN entered TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE enterprises ADD COLUMN entered_by UUID;
-- Of an enterprise that was claimed before, and that no card was ever seen of, nothing is known to come from anywhere else.
UPDATE enterprises
   SET entered = 'business_scope name registered_address uscc',
       entered_by = (SELECT s.account_id FROM associations s WHERE s.enterprise_id = enterprises.id AND s.role = 'admin' ORDER BY s.id LIMIT 1)
 WHERE state = 'unverified'
   AND EXISTS (SELECT 1 FROM associations s WHERE s.enterprise_id = enterprises.id AND s.role = 'admin')
   AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.enterprise_id = enterprises.id);

-- Who was taken out of an enterprise by its administrator: their card alone doesn't bring them back.
CREATE TABLE removals (
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (enterprise_id, account_id)
);
CREATE INDEX removals_by_account ON removals (account_id);

-- A card may know no more of its enterprise than characters 9 to 17 of the USCC (GB 32100).
CREATE INDEX registry_by_organisation_code ON registry (SUBSTR(uscc, 9, 9));
