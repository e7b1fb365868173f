"""Jobs: a plan sent to a page or to the API, read while the server runs."""
