"""A file to a document and its items."""
