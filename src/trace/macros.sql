-- A time as JSON reports have it.
CREATE OR REPLACE MACRO iso(instant) AS strftime(instant, '%Y-%m-%dT%H:%M:%S.%gZ');

-- Words of a text that can be ids: resource ids with their prefix, and SIDs.
CREATE OR REPLACE MACRO ids_in(text) AS regexp_extract_all(text, '[A-Za-z][A-Za-z_]*_[0-9A-Za-z]{20,}|[A-Z]{2}[0-9a-f]{32}');
