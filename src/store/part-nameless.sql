INSERT INTO outdone SELECT event_key FROM met WHERE event_key NOT IN (SELECT event_key FROM meeting);
DELETE FROM nameless_log WHERE event_key NOT IN (SELECT event_key FROM meeting);
