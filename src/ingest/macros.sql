-- Text that means nothing: exports write empty text and the word null for what is not there.
CREATE MACRO clean(value) AS CASE WHEN value NOT IN ('', 'null') THEN value END;
