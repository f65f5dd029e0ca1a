-- What was told of each content when it was read, once where it was read more than once.
SELECT content_hash, severity, line, message
FROM store.log.issues
JOIN store.log.files USING (file_id)
WHERE file_id IN (SELECT max(file_id) FROM store.log.files WHERE content_hash <> '' GROUP BY content_hash)
ORDER BY file_id, line, message
