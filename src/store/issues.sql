-- What was wrong with files whose content counts.
SELECT severity, file, line, message
FROM store.log.issues
WHERE file_id IS NULL OR file_id IN ({{current}})
