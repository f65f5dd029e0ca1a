-- After the repeated ones are gone: those of the store that lost, and those that were read and won.
CREATE TABLE beaten AS SELECT event_key FROM met WHERE event_key NOT IN (SELECT event_key FROM event_log);
DELETE FROM event_log WHERE event_key IN (FROM met);
