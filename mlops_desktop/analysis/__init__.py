"""Statistics on arrays and aggregates: pure functions, each with its source."""
