"""The only SQL: one DuckDB file, data as immutable Parquet pieces, artifacts by content."""
