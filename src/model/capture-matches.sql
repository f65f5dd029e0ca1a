-- needs: missed_traffic, capture_rule_periods
-- Which capture rules fit what was missed. Rules compare exactly or take any address, so traffic is looked up under each of the four
-- pairs that could match it, with hash joins however many rules there are.
CREATE OR REPLACE TABLE capture_matches AS
WITH
rules AS (
  SELECT
    *,
    epoch_us(in_force_from) AS begins,
    epoch_us(in_force_until) AS ends,
    looks_dialled(trim(plain_from)) AND NOT is_e164(plain_from) AS is_odd_from,
    looks_dialled(trim(plain_to)) AND NOT is_e164(plain_to) AS is_odd_to
  FROM capture_rule_periods
),
-- The API lists times to the second, and changes of configurations to the millisecond. Times are compared as microseconds.
missed AS (
  SELECT
    account_id, traffic_id, channel, call_type, plain_from, plain_to, epoch_us(begun_at) AS begun,
    epoch_us(begun_at) + CASE WHEN epoch_us(begun_at) % 1000000 = 0 THEN 999000 ELSE 0 END AS latest_begin
  FROM missed_traffic
),
-- A SIP address can be given to a rule with its host or as the number or name before it.
sides AS (
  SELECT
    *,
    list_distinct(['*', plain_from, sip_host(call_type, plain_from), sip_name(call_type, plain_from)]) AS froms,
    list_distinct(['*', plain_to, sip_host(call_type, plain_to), sip_name(call_type, plain_to)]) AS tos
  FROM missed
),
ways AS (
  SELECT account_id, traffic_id, channel, call_type, begun, latest_begin, 'match' AS way, wanted_from, unnest(tos) AS wanted_to
  FROM (SELECT *, unnest(froms) AS wanted_from FROM sides)
  UNION ALL
  SELECT account_id, traffic_id, channel, call_type, begun, latest_begin, 'reverse', wanted_from, unnest(froms)
  FROM (SELECT *, unnest(tos) AS wanted_from FROM sides)
),
fits AS (
  SELECT
    ways.traffic_id,
    CASE WHEN rules.call_type IS NOT DISTINCT FROM ways.call_type THEN ways.way ELSE 'other-type' END AS way,
    ways.begun, ways.latest_begin, rules.*
  FROM ways
  JOIN rules
    ON rules.account_id = ways.account_id AND rules.channel = ways.channel
      AND rules.plain_from = ways.wanted_from AND rules.plain_to = ways.wanted_to
  WHERE ways.way = 'match' OR rules.call_type IS NOT DISTINCT FROM ways.call_type
  UNION ALL
  SELECT missed.traffic_id, 'meant', missed.begun, missed.latest_begin, rules.*
  FROM missed
  JOIN rules
    ON rules.account_id = missed.account_id AND rules.channel = missed.channel
      AND rules.call_type IS NOT DISTINCT FROM missed.call_type
  WHERE (rules.is_odd_from OR rules.is_odd_to) AND coalesce(rules.call_type, 'PSTN') = 'PSTN'
    AND (rules.plain_from IN ('*', missed.plain_from) OR is_meant_as(rules.plain_from, missed.plain_from))
    AND (rules.plain_to IN ('*', missed.plain_to) OR is_meant_as(rules.plain_to, missed.plain_to))
)
SELECT
  account_id, traffic_id, way, configuration_id, place, position, from_address, to_address,
  coalesce(begins <= latest_begin, true) AND coalesce(begun < ends, true) AS is_in_force,
  is_current,
  list_max(list_filter(changed_at, lambda t: epoch_us(t) <= latest_begin)) AS changed_at
FROM fits
WHERE is_current OR (coalesce(begins <= latest_begin, true) AND coalesce(begun < ends, true));

COMMENT ON TABLE capture_matches IS 'One row per missed message or call and capture rule that fits it: the rule in force then, and the rule of today.';
COMMENT ON COLUMN capture_matches.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN capture_matches.traffic_id IS 'Message or call SID.';
COMMENT ON COLUMN capture_matches.way IS 'match: the rule captures it. reverse: it would, went it the other way. meant: it would, were the addresses of the rule E.164. other-type: it would, were the call of the rule''s callType.';
COMMENT ON COLUMN capture_matches.configuration_id IS 'The configuration of the rule.';
COMMENT ON COLUMN capture_matches.place IS 'Which snapshot of it, from 1.';
COMMENT ON COLUMN capture_matches.position IS 'Place of the rule in the list of its channel, from 1.';
COMMENT ON COLUMN capture_matches.from_address IS '`from` of the rule.';
COMMENT ON COLUMN capture_matches.to_address IS '`to` of the rule.';
COMMENT ON COLUMN capture_matches.is_in_force IS 'The configuration had the rule at that time, as far as the files tell.';
COMMENT ON COLUMN capture_matches.is_current IS 'The configuration has the rule in its latest snapshot.';
COMMENT ON COLUMN capture_matches.changed_at IS 'The last change of the configuration by then that led to this snapshot.';
