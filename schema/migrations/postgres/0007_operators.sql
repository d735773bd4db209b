-- Operators with a first password, invitations, qualifications, settings of reminders, and what was reminded of (J7, J8, J13).

-- Who made the account: its administrator may correct it as long as nobody has logged in to it.
ALTER TABLE accounts ADD COLUMN made_by_enterprise UUID;
ALTER TABLE accounts ADD COLUMN initial_password_sent_at BIGINT;       -- when the SMS with it left; absent while none did
ALTER TABLE accounts ADD COLUMN initial_password_expires_at BIGINT;    -- counts while password_change_required

ALTER TABLE memberships ADD COLUMN expected_card_number TEXT COLLATE "C";           -- without its prefix; what the administrator wrote down, no credential
ALTER TABLE memberships ADD COLUMN department TEXT COLLATE "C";

-- How often an account was given an initial password, and an enterprise had one sent: an administrator can't flood phones.
CREATE TABLE initial_passwords (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    enterprise_id UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX initial_passwords_by_account ON initial_passwords (account_id, created_at);
CREATE INDEX initial_passwords_by_enterprise ON initial_passwords (enterprise_id, created_at);

-- An enterprise wants a person who has an account of their own. What the administrator typed is kept as lists show it, and for search.
CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'withdrawn', 'expired')),
    username TEXT COLLATE "C" NOT NULL,
    username_key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    id_type TEXT COLLATE "C" NOT NULL,
    id_number_masked TEXT COLLATE "C" NOT NULL,
    id_number_index BYTEA NOT NULL,
    phone_masked TEXT COLLATE "C" NOT NULL,
    phone_index BYTEA NOT NULL,
    expected_card_number TEXT COLLATE "C",
    department TEXT COLLATE "C",
    invited_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_at BIGINT
);
CREATE UNIQUE INDEX invitations_one_pending ON invitations (enterprise_id, account_id) WHERE status = 'pending';
CREATE INDEX invitations_by_enterprise ON invitations (enterprise_id, id) WHERE status = 'pending';
CREATE INDEX invitations_by_account ON invitations (account_id, id);
CREATE INDEX invitations_by_age ON invitations (enterprise_id, created_at);

CREATE TABLE qualifications (
    id UUID NOT NULL PRIMARY KEY,
    enterprise_id UUID NOT NULL REFERENCES enterprises (id),
    department TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C",                        -- YYYY-MM-DD
    valid_to TEXT COLLATE "C",                          -- its last day in China; absent where it has none
    notes TEXT COLLATE "C",
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX qualifications_one_number ON qualifications (enterprise_id, kind, number);
CREATE INDEX qualifications_by_enterprise ON qualifications (enterprise_id, id);
CREATE INDEX qualifications_by_end ON qualifications (valid_to, id) WHERE valid_to IS NOT NULL;

-- Which reminders reach a person; who has no row has the defaults.
CREATE TABLE reminder_settings (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    settings TEXT COLLATE "C" NOT NULL,                 -- JSON
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What was reminded of: once for each thing, last day, lead and receiver.
CREATE TABLE reminders_sent (
    thing_id UUID NOT NULL,                 -- a qualification or a card
    ends_on TEXT COLLATE "C" NOT NULL,                  -- YYYY-MM-DD: what is renewed is reminded of again
    lead_days BIGINT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (thing_id, ends_on, lead_days, account_id)
);
CREATE INDEX reminders_sent_by_end ON reminders_sent (ends_on);
CREATE INDEX reminders_sent_by_account ON reminders_sent (account_id);

-- Where a run of the reminders that could not look at everything stopped.
CREATE TABLE reminder_progress (
    what TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (what IN ('qualifications', 'cards')),
    day TEXT COLLATE "C" NOT NULL,                      -- of the run
    ends TEXT COLLATE "C",                              -- the last one that was looked at: its end and id; absent before the first
    thing_id UUID,
    complete BOOLEAN NOT NULL
);

-- The cards by the end of their certificates, in the order of a run.
DROP INDEX cards_by_end;
CREATE INDEX cards_by_end ON cards (not_after, id) WHERE unbound_at IS NULL;
