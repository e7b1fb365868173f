"""Writing through a page: who may, what is let in, and how a refusal is said."""
