-- Where the export of the sources that each story's events come from begins and ends.
SELECT account_id, min(export_begin) AS begin, max(as_of) AS "end"
FROM coverage
SEMI JOIN (
  SELECT DISTINCT event_log.account_id, source_of(event_log."source") AS "source"
  FROM event_log
  JOIN story_parts USING (event_key)
) AS told USING (account_id, "source")
GROUP BY account_id
