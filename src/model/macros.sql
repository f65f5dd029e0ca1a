-- Small words that the model's tables and the rules share.

-- An address without its channel's prefix: `whatsapp:+1555…` and `+1555…` are the same number.
CREATE OR REPLACE MACRO bare_address(address) AS regexp_replace(address, '^(whatsapp|rcs):', '');

-- Addresses that could be the same have the same key: the last digits of a telephone number, other text case-folded. Joins narrow
-- down by it; whether two numbers really are the same is for a predicate to say, which knows how numbers are written.
CREATE OR REPLACE MACRO address_key(address) AS
  CASE
    WHEN regexp_full_match(bare_address(address), '[+0-9(][-0-9 ().]{4,}')
      THEN right(regexp_replace(address, '[^0-9]', '', 'g'), 7)
    ELSE lower(trim(bare_address(address)))
  END;

-- The pattern of E.164, not a check that the number is assigned.
CREATE OR REPLACE MACRO is_e164(address) AS regexp_full_match(address, '\+[0-9]{8,15}');

-- Order of log entries: their time, ties by log id, so that it does not depend on how files are split or ordered.
CREATE OR REPLACE MACRO moment(event_time, log_id) AS {'event_time': event_time, 'log_id': log_id};

-- A name that tells people apart: not one that is only their address again.
CREATE OR REPLACE MACRO person_name(name) AS
  CASE
    WHEN trim(name) <> '' AND NOT regexp_matches(trim(name), '^(whatsapp:|rcs:|client:|sip:)|@|^[+0-9(][-0-9 ().]{4,}$')
      THEN lower(trim(name))
  END;

-- The addresses of a participant as plain text.
CREATE OR REPLACE MACRO address_texts(addresses) AS list_sort(list_distinct(list_transform(addresses, lambda a: a.address)));

-- Whether an address can be an identifier of a profile: a telephone number in E.164, an e-mail address or a WhatsApp number.
CREATE OR REPLACE MACRO is_mappable(channel, address) AS
  is_e164(bare_address(address)) OR regexp_full_match(address, '[^@[:space:]:]+@[^@[:space:]:]+\.[^@[:space:]:]+');
