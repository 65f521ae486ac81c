-- Rows of a project beside the versions themselves. Ids come from `counter`, never again given out.
-- Lists and structs are JSON text, so that a row reads the same in every version of the program.
create table meta (name varchar primary key, value varchar not null);
create table counter (name varchar primary key, value bigint not null);

create table dataset (
  dataset_id bigint primary key, name varchar not null, notes varchar not null, tags varchar not null,
  roles varchar not null, options varchar not null, created_at timestamp not null, trashed_at timestamp
);
create table dataset_version (
  version_id bigint primary key, dataset_id bigint not null, number bigint not null, mode varchar not null,
  message varchar not null, source varchar not null, source_sha256 varchar not null, size_bytes bigint not null,
  new_rows bigint not null, changed_rows bigint not null, removed_rows bigint not null, report varchar not null,
  tags varchar not null, created_at timestamp not null, created_by varchar not null, trashed_at timestamp,
  unique (dataset_id, number)
);

create table run (
  run_id bigint primary key, name varchar not null, kind varchar not null, state varchar not null, spec varchar not null,
  version_id bigint, job_id bigint, facts varchar not null, error varchar, notes varchar not null, tags varchar not null,
  created_at timestamp not null, created_by varchar not null, started_at timestamp, finished_at timestamp,
  trashed_at timestamp
);
create table run_metric (run_id bigint not null, name varchar not null, value double not null);
create table run_param (run_id bigint not null, name varchar not null, value varchar not null);
create table metric (run_id bigint not null, name varchar not null, step bigint not null, value double not null, logged_at timestamp not null);
create table artifact (
  run_id bigint not null, name varchar not null, kind varchar not null, sha256 varchar not null, size_bytes bigint not null,
  holds_rows boolean not null
);
create table ingested (run_id bigint primary key, position bigint not null);

create table model (
  model_id bigint primary key, name varchar not null, notes varchar not null, tags varchar not null,
  created_at timestamp not null, trashed_at timestamp
);
create table model_version (
  model_id bigint not null, number bigint not null, run_id bigint not null, notes varchar not null,
  created_at timestamp not null, created_by varchar not null, primary key (model_id, number)
);
create table alias (
  model_id bigint not null, alias varchar not null, number bigint not null, primary key (model_id, alias)
);
create table bundle (
  bundle_id bigint primary key, model_id bigint not null, number bigint not null, facts varchar not null,
  created_at timestamp not null, created_by varchar not null
);

create table schedule (
  schedule_id bigint primary key, name varchar not null, facts varchar not null, state varchar not null,
  created_at timestamp not null, created_by varchar not null, trashed_at timestamp
);
create table schedule_mark (schedule_id bigint primary key, decided_until timestamp not null);
create table firing (
  firing_id bigint primary key, schedule_id bigint not null, due_at timestamp not null, facts varchar not null
);

create table job (
  job_id bigint primary key, kind varchar not null, title varchar not null, state varchar not null, subject varchar not null,
  created_at timestamp not null, created_by varchar not null, client varchar not null, started_at timestamp,
  finished_at timestamp, error varchar, result blob
);
create table change (
  sequence bigint primary key, verb varchar not null, summary varchar not null, arguments varchar,
  arguments_hash varchar not null, actor varchar not null, client varchar not null, happened_at timestamp not null, rows varchar,
  rows_hash varchar not null, undoable boolean not null, undoes bigint, hash varchar not null
);
create table request (request_id varchar primary key, answer blob not null, answered_at timestamp not null);
create table setting (name varchar primary key, value varchar not null);
