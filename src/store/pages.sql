-- List pages that name a neighbour, in files whose content counts: a page that was exported again is one page.
SELECT file_id, path, line, list_key, next, has_previous
FROM store.log.pages
WHERE file_id IN ({{current}})
ORDER BY ALL
