"""The pages people read: each module reads one view of the database and renders it."""
