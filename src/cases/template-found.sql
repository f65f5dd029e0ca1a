/*
title: Say what is odd about it, in one line
severity: warning # info | warning | error | critical
subject: {{subject}}
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting
params:
  min_events: { type: integer, default: {{events}}, description: How many events there have to be. }
causes:
  as-in-the-export:
    message: "{{Subject}} {subject_id} has {events} events."
    fix: Say what the reader should do about it.
falsePositives:
  - Say what looks like this and is all right.
*/
-- Put in the place of the last line what makes it odd. What the tables hold: postlude sql PATH…, .columns {{table}}
SELECT
  account_id,
  {{id}} AS subject_id,
  'as-in-the-export' AS cause,
  {{times}},
  {{count}} AS events
FROM {{table}}
WHERE {{count}} >= $min_events{{ofType}}
