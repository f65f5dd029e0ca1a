-- List pages that name a neighbour, each file as it was read last: a page that was exported again is one page.
SELECT file_id, path, line, list_key, next, has_previous
FROM store.log.pages
WHERE file_id IN (SELECT max(file_id) FROM store.log.files GROUP BY read_path)
ORDER BY ALL
