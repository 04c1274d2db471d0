-- The chunk ledger of one environment; the schema is on the search path. It lives beside the
-- records so that one role and one transaction write versions, outcomes and the checkpoint.
CREATE TABLE chunk (
    run      bigint   NOT NULL,
    start    integer  NOT NULL,                   -- place of its first member in the run's set
    members  integer  NOT NULL,
    state    text     COLLATE "C" NOT NULL DEFAULT 'pending'
             CHECK (state IN ('held', 'pending', 'leased', 'done')),  -- held: waits for a step of the ramp
    ids      bigint[] NOT NULL,                   -- ordered by root; below zero: minus a line not found
    planned_on integer[],                         -- from a plan: the version of each member planned on; for an undo: the version that the run wrote
    planned_hashes bytea,                         -- from a plan: 16 bytes for each member to change, in order
    planned_side bytea,                           -- from a plan: for each consequence that it showed, 8 bytes of root and 16 of digest
    planned_plain boolean NOT NULL DEFAULT false, -- for an undo: whether all that the run did here is plain
    versions integer[],                           -- the version each member was judged at; 0 if missing
    marks    bytea,                               -- one letter a member: c u r f m
    hashes   bytea,                               -- 16 bytes of digest for each changed member, in order
    side     bytea,                               -- for each consequence 8 bytes of root and 16 of digest
    images   bytea,                               -- 83 bytes for each version written (catalog/images.py)
    changed  integer  NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    refused  integer  NOT NULL DEFAULT 0,
    failed   integer  NOT NULL DEFAULT 0,
    missing  integer  NOT NULL DEFAULT 0,
    plain    boolean  NOT NULL DEFAULT false,     -- all it wrote are bodies of its members: no status, key, tag or other record
    shapes   jsonb,                               -- of the change: [[shape's parts, number of records], …]
    coverage jsonb,                               -- of the changed: [[place in the job's coverage, number of records], …]
    worker   bigint,                              -- the worker that has it
    kills    integer  NOT NULL DEFAULT 0,         -- workers that died with it in hand
    failures integer  NOT NULL DEFAULT 0,         -- attempts ended by something not transient
    error    text,
    finished timestamptz,
    kind     text     COLLATE "C",                -- of its members, where a run has several kinds (a refresh)
    PRIMARY KEY (run, start)
);
CREATE INDEX chunk_to_do ON chunk (run, start) WHERE state <> 'done';
ALTER TABLE chunk ALTER COLUMN ids SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN versions SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN marks SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN images SET STORAGE EXTERNAL;

-- outcome: a row only where there is something to say about a record.
CREATE TABLE outcome (
    run      bigint  NOT NULL,
    start    integer NOT NULL,                    -- its chunk
    place    integer NOT NULL,                    -- order within the chunk
    kind     text    COLLATE "C" NOT NULL,
    id       bigint,
    outcome  text    COLLATE "C" NOT NULL,        -- of the record: changed, unchanged, refused, failed, missing; or consequence
    code     text    COLLATE "C" NOT NULL,
    sentence text    NOT NULL,
    planned  boolean NOT NULL DEFAULT false,      -- carried over from the plan
    raw      bytea,                               -- the bytes of a record that was not loaded
    PRIMARY KEY (run, start, place)
);

-- given: what the lines of a run's input file say of single records, beside their ids.
CREATE TABLE given (
    run     bigint NOT NULL,
    id      bigint NOT NULL,
    columns jsonb  NOT NULL,
    PRIMARY KEY (run, id)
);

-- Several arrays as one, in order: chunks in which little is to be done are put together.
CREATE AGGREGATE joined (anycompatiblearray) (sfunc = array_cat, stype = anycompatiblearray);
