-- How many SMS codes an address asked for since when. The address is an HMAC: it is personal data.

CREATE TABLE sms_addresses (
    address_hash BLOB NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sms_addresses_by_age ON sms_addresses (started_at);

-- What is sent and asked for goes again as new ones come, the oldest first.
CREATE INDEX sms_outbox_by_age ON sms_outbox (created_at);
CREATE INDEX sms_phones_by_age ON sms_phones (asked_at);
