-- needs: capture_rule_periods
-- The account's own addresses: those that capture rules name opposite to `*`, where inbound traffic goes, where messages and calls
-- that the API sends come from. The caller of a dialled leg is often the customer, who is shown to whom they are put through.
CREATE OR REPLACE TABLE own_addresses AS
SELECT account_id, plain_to AS address FROM capture_rule_periods WHERE plain_from = '*' AND plain_to <> '*'
UNION
SELECT account_id, plain_from FROM capture_rule_periods WHERE plain_to = '*' AND plain_from <> '*'
UNION
SELECT account_id, plain_address(address)
FROM (
  SELECT DISTINCT account_id, to_address AS address FROM messages WHERE direction LIKE 'inbound%' AND to_address IS NOT NULL
  UNION
  SELECT DISTINCT account_id, from_address FROM messages WHERE direction LIKE 'outbound%' AND from_address IS NOT NULL
  UNION
  SELECT DISTINCT account_id, to_address FROM calls WHERE direction LIKE 'inbound%' AND to_address IS NOT NULL
  UNION
  SELECT DISTINCT account_id, from_address FROM calls WHERE direction LIKE 'outbound-api%' AND from_address IS NOT NULL
);

COMMENT ON TABLE own_addresses IS 'One row per address that belongs to the account itself, as far as capture rules and traffic tell.';
COMMENT ON COLUMN own_addresses.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN own_addresses.address IS 'Without a prefix such as `whatsapp:` or `client:`, else as written.';
