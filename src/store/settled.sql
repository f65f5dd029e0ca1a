-- What settling the whole log gave, for whoever reads the kept tables: nothing has to be settled again then, nor looked up in the log for it.
CREATE TABLE store.log.settled AS SELECT {{record}} AS record;
CREATE TABLE store.log.settled_nameless AS FROM nameless_log;
CREATE TABLE store.log.settled_outdone AS FROM outdone;
