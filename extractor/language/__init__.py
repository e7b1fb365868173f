"""Chinese official prose: clauses, labels, words; text in, spans out."""
