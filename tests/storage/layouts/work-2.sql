-- work.db as the program with layout 2 left it: a history, a conflict and something waiting
BEGIN TRANSACTION;
CREATE TABLE edit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    record_id TEXT NOT NULL,
    parent_id TEXT,
    state TEXT NOT NULL,
    base_version INTEGER,
    base TEXT,
    patch TEXT NOT NULL,
    mine TEXT NOT NULL,
    made_at TEXT NOT NULL,
    first_sent_at TEXT NOT NULL,
    after_ids TEXT NOT NULL,
    overwrites TEXT,
    server TEXT,
    refusal TEXT
, origin TEXT, doubts TEXT NOT NULL DEFAULT '[]');
INSERT INTO "edit" VALUES(3,'01a2059c-7e94-7c2c-9e39-44187311d8a3','update','work_order','99c7bd9c-13e2-42e3-abd2-daa6cc93d139',NULL,'conflicted',2,'{"title":"Pump drips","status":"open","number":"WO-1001","created_at":"2026-11-22T12:00:00.000Z","created_by":"1f48a2f9-1c7b-569c-8523-b1d8e5f19705"}','{"status":"on_hold"}','{"title":"Pump drips","status":"on_hold","number":"WO-1001","created_at":"2026-11-22T12:00:00.000Z","created_by":"1f48a2f9-1c7b-569c-8523-b1d8e5f19705"}','2026-11-22T23:34:31.828Z','2026-11-22T23:34:31.832Z','[]',NULL,'{"version":3,"record":{"title":"Pump drips","status":"open","number":"WO-1001","created_at":"2026-11-22T12:00:00.000Z","created_by":"1f48a2f9-1c7b-569c-8523-b1d8e5f19705","description":"Bob"},"changed_at":"2026-11-22T12:00:00.000Z","changed_by":"ef45d397-0411-5f5e-8940-9bdbdef3958b","changed_by_name":"Bob Lee","changes":1}',NULL,NULL,'[]');
INSERT INTO "edit" VALUES(4,'01a2059c-7e9c-735b-9f39-0b2018072e8c','create','work_order','01a2059c-7e9c-7a6c-b27a-7185612e7696',NULL,'queued',NULL,NULL,'{"status":"open","requested_by":"7d4f8814-e3f2-5932-b69b-709bf2478146","title":"Second"}','{"status":"open","requested_by":"7d4f8814-e3f2-5932-b69b-709bf2478146","title":"Second","number":"New-1"}','2026-11-22T23:34:31.836Z','','[]',NULL,NULL,NULL,NULL,'[]');
CREATE TABLE history (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    edit_id TEXT NOT NULL UNIQUE,
    record_id TEXT NOT NULL,
    ending TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    message TEXT NOT NULL,
    subject TEXT NOT NULL,
    edit TEXT NOT NULL,
    theirs TEXT,
    result TEXT,
    result_version INTEGER,
    replaced_by TEXT NOT NULL
);
INSERT INTO "history" VALUES(1,'01a2059c-7e8a-7226-b63c-5ab791b7584a','99c7bd9c-13e2-42e3-abd2-daa6cc93d139','applied','2026-11-22T23:34:31.824Z','','{"type":"work_order","record_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","work_order_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","asset_id":null,"number":"WO-1001","title":"Pump drips"}','{"seq":1,"id":"01a2059c-7e8a-7226-b63c-5ab791b7584a","kind":"update","type":"work_order","record_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","state":"queued","base_version":1,"base":"{\"title\":\"Pump leaks\",\"status\":\"open\",\"number\":\"WO-1001\",\"created_at\":\"2026-11-22T12:00:00.000Z\",\"created_by\":\"1f48a2f9-1c7b-569c-8523-b1d8e5f19705\"}","patch":"{\"title\":\"Pump drips\"}","mine":"{\"title\":\"Pump drips\",\"status\":\"open\",\"number\":\"WO-1001\",\"created_at\":\"2026-11-22T12:00:00.000Z\",\"created_by\":\"1f48a2f9-1c7b-569c-8523-b1d8e5f19705\"}","made_at":"2026-11-22T23:34:31.818Z","first_sent_at":"2026-11-22T23:34:31.819Z","after_ids":"[]"}',NULL,'{"title":"Pump drips","status":"open","number":"WO-1001","created_at":"2026-11-22T12:00:00.000Z","created_by":"1f48a2f9-1c7b-569c-8523-b1d8e5f19705"}',2,'');
INSERT INTO "history" VALUES(2,'01a2059c-7e92-7414-9fb5-355e1e2feb89','01a2059c-7e92-7cd6-8409-f134c386bbc4','applied','2026-11-22T23:34:31.833Z','','{"type":"labor","record_id":"01a2059c-7e92-7cd6-8409-f134c386bbc4","work_order_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","asset_id":null,"number":"WO-1001","title":"Pump drips"}','{"seq":2,"id":"01a2059c-7e92-7414-9fb5-355e1e2feb89","kind":"create","type":"labor","record_id":"01a2059c-7e92-7cd6-8409-f134c386bbc4","parent_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","state":"queued","patch":"{\"person_id\":\"7d4f8814-e3f2-5932-b69b-709bf2478146\",\"started_at\":\"2026-11-22T23:34:31.826Z\",\"labor_type\":\"regular\",\"work_order_id\":\"99c7bd9c-13e2-42e3-abd2-daa6cc93d139\",\"hours\":2}","mine":"{\"person_id\":\"7d4f8814-e3f2-5932-b69b-709bf2478146\",\"started_at\":\"2026-11-22T23:34:31.826Z\",\"labor_type\":\"regular\",\"work_order_id\":\"99c7bd9c-13e2-42e3-abd2-daa6cc93d139\",\"hours\":2}","made_at":"2026-11-22T23:34:31.826Z","first_sent_at":"2026-11-22T23:34:31.832Z","after_ids":"[]"}',NULL,'{"labor_type":"regular","person_id":"7d4f8814-e3f2-5932-b69b-709bf2478146","hours":2,"work_order_id":"99c7bd9c-13e2-42e3-abd2-daa6cc93d139","started_at":"2026-11-22T23:34:31.826Z"}',1,'');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('choices_told','2');
INSERT INTO "meta" VALUES('identity','6620fd3e-bdff-504f-849d-d63899dd35e1 7d4f8814-e3f2-5932-b69b-709bf2478146');
INSERT INTO "meta" VALUES('provisional_number','1');
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    told_at TEXT NOT NULL,
    content TEXT NOT NULL,
    answered_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX edit_record ON edit (record_id, seq);
CREATE INDEX edit_parent ON edit (parent_id);
CREATE INDEX history_record ON history (record_id);
CREATE INDEX history_ending ON history (ending, n);
CREATE VIEW pending AS
SELECT last.*, (
    SELECT max(
        CASE every.state WHEN 'conflicted' THEN 3 WHEN 'held' THEN 3 WHEN 'refused' THEN 2 ELSE 1 END
    )
    FROM edit AS every WHERE every.record_id = last.record_id
) AS rank
FROM edit AS last
WHERE last.seq = (SELECT max(newest.seq) FROM edit AS newest WHERE newest.record_id = last.record_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('edit',4);
INSERT INTO "sqlite_sequence" VALUES('history',2);
COMMIT;
PRAGMA user_version = 2;
