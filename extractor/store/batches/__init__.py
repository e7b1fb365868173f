"""Requests that are answered in batches, as the database has them."""
