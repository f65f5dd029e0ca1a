-- Contents that count where something was wrong with them. Of a path that was read with several contents, as the file grew or was mended, the
-- last; and whatever was seen somewhere last: a content that was moved aside (log rotation) is not outdone by the one that came in its place.
SELECT max(file_id) AS file_id FROM store.log.files GROUP BY read_path
UNION
SELECT max(file_id)
FROM store.log.files
WHERE content_hash IN (SELECT content_hash FROM store.log.known_paths)
GROUP BY content_hash, read_path
