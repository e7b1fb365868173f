"""Records against records: pairs, fields, counts, intervals."""
