"""SQLite: the only place that reads and writes the database."""
