-- The SMS of reminders that have not left yet (J7): kept with the reminder, tried once a day.
CREATE TABLE reminder_sms (
    id TEXT NOT NULL PRIMARY KEY,                -- of the SMS, at each try: a gateway that gets it twice delivers it once
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    thing_id TEXT NOT NULL,                      -- a qualification or a card
    ends_on TEXT NOT NULL,                       -- YYYY-MM-DD: until then it is tried
    what TEXT NOT NULL CHECK (what IN ('qualifications', 'cards')),
    data TEXT NOT NULL,                          -- JSON, what its words are filled with
    tried_on TEXT NOT NULL                       -- YYYY-MM-DD, in China; empty before the first try
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_sms_by_end ON reminder_sms (ends_on, id);
CREATE INDEX reminder_sms_by_account ON reminder_sms (account_id);
