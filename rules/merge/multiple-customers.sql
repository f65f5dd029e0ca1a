/*
title: Different customers meet in one conversation
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#conversations-merge-unexpectedly
causes:
  distinct-customers:
    message: "Conversation {subject_id} holds customers who differ in both profile and address."
    fix: Find out what joined them - a configuration's grouping type, an identity trait, or an agent who added them - and close the conversation so that the next messages start separate ones.
    certainty: likely
falsePositives:
  - Group chats and conferences.
*/
SELECT
  account_id,
  conversation_id AS subject_id,
  'distinct-customers' AS cause,
  list({
    'participant_id': participant_id, 'profile_id': profile_id, 'addresses': address_texts(addresses), 'first_seen': first_seen,
    'is_there': is_there, 'observed_until': observed_until, 'event_keys': event_keys
  } ORDER BY first_seen, participant_id) AS customers
FROM met_customers
WHERE profile_id IS NOT NULL AND len(addresses) > 0
GROUP BY account_id, conversation_id
HAVING min(profile_id) <> max(profile_id)
