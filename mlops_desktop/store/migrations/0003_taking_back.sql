-- A registration that was taken back lies in the trash, as an import does; the words of a change are part of its chain.
alter table model_version add column trashed_at timestamp;
alter table change add column summary_hash varchar;
