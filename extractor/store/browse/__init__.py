"""The database in Datasette."""
