-- The tables of one environment; the schema is on the search path.
-- record: one small row for the current version, updated in place.
CREATE TABLE record (
    kind         text        COLLATE "C" NOT NULL,
    id           bigint      NOT NULL,            -- the catalogue's own number, in load order
    version      integer     NOT NULL,            -- only ever rises
    body_version integer     NOT NULL,            -- the version whose row holds the body
    parent       bigint,                          -- the record above, in the kind above
    root         bigint      NOT NULL,            -- the bib above; own number if none is; -id for an orphan
    children     integer     NOT NULL DEFAULT 0,  -- comings and goings under it: only rises
    status       text        COLLATE "C" NOT NULL DEFAULT 'active'
                 CHECK (status IN ('active', 'suppressed', 'withdrawn', 'deleted')),
    created      timestamptz NOT NULL,
    changed      timestamptz NOT NULL,
    tags         text        COLLATE "C" NOT NULL, -- distinct tags, so that a record can be skipped unread
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 50);
CREATE INDEX record_under_root ON record (kind, root, id) WHERE root <> id;

-- version: insert-only. The before-image of a change is the version before it.
CREATE TABLE version (
    kind    text    COLLATE "C" NOT NULL,
    id      bigint  NOT NULL,
    version integer NOT NULL,
    run     bigint  NOT NULL,
    status  text    COLLATE "C" NOT NULL,
    same_as integer,                              -- the version whose body this one has again
    rekeyed boolean NOT NULL,                     -- its keys or tags differ from those of the version before
    body    bytea  ,
    PRIMARY KEY (kind, id, version),
    CHECK ((body IS NULL) <> (same_as IS NULL))
);
-- Bodies stay in the row where they fit and are not compressed inside a run.
ALTER TABLE version ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE version SET (toast_tuple_target = 8160);

CREATE TABLE key (
    kind   text   COLLATE "C" NOT NULL,
    scheme text   COLLATE "C" NOT NULL,
    value  text   COLLATE "C" NOT NULL,
    id     bigint NOT NULL,
    PRIMARY KEY (kind, scheme, value, id)
);

-- set_page: the members of an itemized set, 10,000 a page, in the order of the file.
CREATE TABLE set_page (
    record_set bigint   NOT NULL,
    page       integer  NOT NULL,
    ids        bigint[] NOT NULL,
    PRIMARY KEY (record_set, page)
);

-- set_line: lines of a set's file with something to say: not found, found twice, duplicate. id: the
-- record, or below zero what stands in the set for a line that names none.
CREATE TABLE set_line (
    record_set bigint  NOT NULL,
    line       integer NOT NULL,
    value      text    NOT NULL,
    problem    text    NOT NULL,
    id         bigint,
    PRIMARY KEY (record_set, line, value, problem)
);

-- editing: who has a record open; the hold ends by itself.
CREATE TABLE editing (
    kind   text        COLLATE "C" NOT NULL,
    id     bigint      NOT NULL,
    person text        NOT NULL,
    since  timestamptz NOT NULL,
    until  timestamptz NOT NULL,
    PRIMARY KEY (kind, id)
);

-- After a first filling the planner must know that the tables are not empty any more; only their
-- owner may tell it.
CREATE FUNCTION take_statistics() RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path FROM CURRENT AS 'ANALYZE record; ANALYZE version; ANALYZE key';
