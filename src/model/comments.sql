-- What tables, views and their columns are commented with; a column without a name is the table itself.
SELECT table_name, NULL AS column_name, comment FROM duckdb_tables()
WHERE comment IS NOT NULL AND NOT internal AND database_name = current_database()
UNION ALL
SELECT view_name, NULL, comment FROM duckdb_views()
WHERE comment IS NOT NULL AND NOT internal AND database_name = current_database()
UNION ALL
SELECT table_name, column_name, comment FROM duckdb_columns()
WHERE comment IS NOT NULL AND NOT internal AND database_name = current_database()
