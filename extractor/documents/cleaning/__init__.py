"""Source text to cleaned text: what is not the document is cut."""
