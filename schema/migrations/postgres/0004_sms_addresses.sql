-- How many SMS codes an address asked for since when. The address is an HMAC: it is personal data.

CREATE TABLE sms_addresses (
    address_hash BYTEA NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX sms_addresses_by_age ON sms_addresses (started_at);

-- What is sent and asked for goes again as new ones come, the oldest first.
CREATE INDEX sms_outbox_by_age ON sms_outbox (created_at);
CREATE INDEX sms_phones_by_age ON sms_phones (asked_at);
