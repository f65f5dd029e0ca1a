-- What the loaded files call people and their addresses. Telephone numbers in E.164, which is most addresses, are left out: they are
-- recognised by their form.
WITH
lists AS (
  SELECT several_addresses, recipients FROM event_log WHERE several_addresses IS NOT NULL OR recipients IS NOT NULL
),
told AS (
  SELECT name AS text, true AS is_name FROM event_log WHERE event_type LIKE 'participant.%'
  UNION
  SELECT name, true FROM participant_snapshots
  UNION
  SELECT address, false FROM event_log
  UNION
  SELECT unnest([a.address for a in several_addresses]), false FROM lists WHERE several_addresses IS NOT NULL
  UNION
  SELECT unnest([r.address for r in recipients]), false FROM lists WHERE recipients IS NOT NULL
  UNION
  SELECT unnest([a.address for a in addresses]), false FROM participant_snapshots
  UNION
  SELECT address, false FROM communication_snapshots
  UNION
  SELECT unnest([from_address, to_address]), false FROM messages
  UNION
  SELECT unnest([from_address, to_address]), false FROM calls
  UNION
  SELECT unnest([from_address, to_address]), false FROM capture_rules
)
SELECT text, is_name
FROM told
WHERE trim(text) NOT IN ('', '*') AND NOT regexp_full_match(trim(text), '(whatsapp:|rcs:)?\+[0-9]{8,15}', 'i')
