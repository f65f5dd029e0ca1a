-- What was wrong with files; of a file that was read with several contents, as it grew or was mended, with the last of them.
SELECT severity, file, line, message
FROM store.log.issues
WHERE file_id IS NULL OR file_id IN (SELECT max(file_id) FROM store.log.files GROUP BY read_path)
