-- Small words that the model's tables and the rules share.

-- An address without its channel's prefix: `whatsapp:+1555…` and `+1555…` are the same number.
CREATE OR REPLACE MACRO bare_address(address) AS trim(regexp_replace(trim(address), '^(whatsapp|rcs):', '', 'i'));

-- What is written like a telephone number, in the ways that `normaliseAddress` of the predicates understands.
CREATE OR REPLACE MACRO looks_dialled(text) AS regexp_full_match(text, '[+0-9(][-0-9 ()./\x{a0}\x{2010}-\x{2015}]{4,}');

-- Addresses that could be the same have the same key: the last digits of a telephone number, other text case-folded. Joins narrow
-- down by it; whether two numbers really are the same is for a predicate to say, which knows how numbers are written.
CREATE OR REPLACE MACRO address_key(address) AS
  CASE
    WHEN looks_dialled(bare_address(address))
      THEN right(regexp_replace(address, '[^0-9]', '', 'g'), 7)
    ELSE lower(bare_address(address))
  END;

-- The pattern of E.164, not a check that the number is assigned.
CREATE OR REPLACE MACRO is_e164(address) AS regexp_full_match(address, '\+[0-9]{8,15}');

-- Order of log entries: their time, ties by log id, so that it does not depend on how files are split or ordered.
CREATE OR REPLACE MACRO moment(event_time, log_id) AS {'event_time': event_time, 'log_id': log_id};

-- A name that tells people apart: not one that is only an address again. That of a chat can be any text, so it is compared with
-- the participant's own.
CREATE OR REPLACE MACRO person_name(name, addresses) AS
  CASE
    WHEN trim(name) <> '' AND NOT regexp_matches(trim(name), '^(whatsapp:|rcs:|client:|sip:)|@', 'i')
      AND NOT looks_dialled(trim(name))
      AND NOT list_contains(list_transform(addresses, lambda a: address_key(a.address)), address_key(name))
      THEN lower(trim(name))
  END;

-- The addresses of a participant as plain text.
CREATE OR REPLACE MACRO address_texts(addresses) AS list_sort(list_distinct(list_transform(addresses, lambda a: a.address)));

-- Free text of a log as part of a message, which has to stay one short line; evidence shows the whole.
CREATE OR REPLACE MACRO excerpt(text) AS
  CASE WHEN length(text) > 100 THEN rtrim(left(text, 99)) || '…' ELSE text END;

-- Whether an address can be an identifier of a profile: a telephone number in E.164, an e-mail address or a WhatsApp number, exactly
-- as the trait wants it. Blanks around it or brackets in it are what goes wrong.
CREATE OR REPLACE MACRO is_mappable(channel, address) AS
  is_e164(regexp_replace(address, '^(whatsapp|rcs):', '')) OR regexp_full_match(address, '[^@[:space:]:]+@[^@[:space:]:]+\.[^@[:space:]:]+');

-- Whether an address that is none of these may still be one: in a chat profiles are looked up by a ChatID, whose form is documented
-- nowhere. Only an identity such as client:alice is said to be none. Where no channel is shown, it may be a chat.
CREATE OR REPLACE MACRO may_be_chat_id(channel, address) AS
  coalesce(channel, 'CHAT') = 'CHAT' AND NOT regexp_matches(address, '^client:', 'i');

-- Each text once, sorted, without NULL. Lists of one are most of them, and need no sorting out.
CREATE OR REPLACE MACRO distinct_texts(texts) AS
  CASE
    WHEN len(texts) = 1 AND texts[1] IS NOT NULL THEN texts
    ELSE list_sort(list_distinct(list_filter(texts, lambda each: each IS NOT NULL)))
  END;

-- A list of one text, or of none where it is NULL.
CREATE OR REPLACE MACRO texts_of(value) AS CASE WHEN value IS NULL THEN []::VARCHAR[] ELSE [value] END;

-- An address as capture rules compare it: character by character, without what names the channel. Most are plain numbers, and
-- need no regular expression.
CREATE OR REPLACE MACRO plain_address(address) AS
  CASE
    WHEN address LIKE '+%' THEN address
    ELSE regexp_replace(address, '^(whatsapp|rcs|client|sips?):', '', 'i')
  END;

-- Whether a telephone number that is not written in E.164 is meant to be this one: its digits, without what is dialled before
-- them, are the end of it.
CREATE OR REPLACE MACRO is_meant_as(written, address) AS
  looks_dialled(trim(written)) AND NOT is_e164(written)
  AND length(ltrim(regexp_replace(written, '[^0-9]', '', 'g'), '0')) >= 7
  AND ends_with(regexp_replace(address, '[^0-9]', '', 'g'), ltrim(regexp_replace(written, '[^0-9]', '', 'g'), '0'));

-- What a rule can name of the address of a SIP call: user and host without parameters, or what stands before the host.
CREATE OR REPLACE MACRO sip_host(call_type, address) AS
  CASE WHEN call_type = 'PUBLIC_SIP' THEN regexp_replace(address, '[;?].*$', '') END;
CREATE OR REPLACE MACRO sip_name(call_type, address) AS
  CASE WHEN call_type = 'PUBLIC_SIP' THEN regexp_replace(address, '[@;?].*$', '') END;

-- The SID of a message; others are those of calls, classic conversations, transcriptions.
CREATE OR REPLACE MACRO is_message_sid(id) AS starts_with(id, 'SM') OR starts_with(id, 'MM');

-- How long it is from one time to another, for comparing. Subtracting times with a zone goes through a calendar, at several
-- microseconds a row.
CREATE OR REPLACE MACRO time_between(begin_time, end_time) AS to_microseconds(epoch_us(end_time) - epoch_us(begin_time));

-- The first of some requests as what a finding is related to: hundreds would tell nobody more.
CREATE OR REPLACE MACRO related_requests(request_ids) AS
  list_transform(list_sort(request_ids)[:50], lambda id: {'type': 'request', 'id': id});
