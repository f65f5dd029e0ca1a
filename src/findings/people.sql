-- Ids are compared first and accounts by the reader: the same id in two accounts is rare, and costs a row.
SELECT
  account_id,
  participant_id,
  conversation_id,
  participant_type,
  list_transform(addresses, lambda a: a.address) AS addresses
FROM participants
WHERE participant_id IN (SELECT unnest(from_json($participants, '["VARCHAR"]')))
  OR conversation_id IN (SELECT unnest(from_json($conversations, '["VARCHAR"]')))
ORDER BY account_id, participant_id
