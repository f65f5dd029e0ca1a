/*
title: A communication was not delivered
severity: warning
subject: communication
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#inspect-events-in-the-debugger
causes:
  failed:
    message: "Communication {subject_id} was not delivered to {failed_addresses}."
    fix: Look up the message or call that it belongs to and read its error code, then check the address in E.164 and whether the recipient can be reached on this channel.
*/
SELECT
  account_id,
  communication_id AS subject_id,
  'failed' AS cause,
  coalesce(created_at, first_seen) AS first_seen,
  last_seen,
  event_keys,
  [
    {'type': 'conversation', 'id': conversation_id},
    {'type': 'message', 'id': CASE WHEN channel_id[1:2] IN ('SM', 'MM') THEN channel_id END},
    {'type': 'call', 'id': CASE WHEN channel_id[1:2] = 'CA' THEN channel_id END}
  ] AS related,
  list_distinct(list_transform(
    list_filter(recipients, lambda r: r.delivery_status = 'FAILED'),
    lambda r: coalesce(r.address, r.participant_id, 'a recipient without an address'))) AS failed_addresses,
  channel,
  channel_id
FROM communications
WHERE delivery_failed
