-- Exports in the store, in the order of their paths, with what the file system said of them; nothing where another content is there now.
SELECT files.file_id, files.path, files.read_path, files.format, files.entries, known_paths.bytes, known_paths.modified_ns
FROM store.log.files AS files
LEFT JOIN store.log.known_paths AS known_paths
  ON known_paths.read_path = files.read_path AND known_paths.content_hash = files.content_hash
WHERE files.format IS NOT NULL
ORDER BY files.path, files.file_id
