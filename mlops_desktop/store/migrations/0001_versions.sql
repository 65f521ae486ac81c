-- What versions of data sets are made of. A version is an ordered list of pieces; a piece is a range of rows of an
-- immutable Parquet file, perhaps with a patch (also a file) over it. Schemas and columns are JSON text.
create table version (
  version_id bigint primary key, dataset_id bigint not null, parent bigint, schema varchar not null, rows bigint not null
);
create table piece (
  version_id bigint not null, k bigint not null, file varchar not null, first bigint not null, span bigint not null,
  patch varchar, rows bigint not null, patched bigint not null, primary key (version_id, k)
);
create table file (
  name varchar primary key, rows bigint not null, size_bytes bigint not null, columns varchar not null
);
-- Every physical name that a data set has ever used: none is used again, also when its versions are gone.
create table column_name (
  dataset_id bigint not null, physical varchar not null, written varchar not null, primary key (dataset_id, physical)
);
