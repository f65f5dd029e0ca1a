SELECT
  coalesce((SELECT max(file_id) FROM store.log.files), 0) AS file_id,
  greatest(
    coalesce((SELECT max(event_key) FROM store.log.event_log), 0),
    coalesce((SELECT max(event_key) FROM store.log.nameless_log), 0)) AS event_key
