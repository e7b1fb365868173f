"""Pages that compare: one indicator over plans, two plans of a body, two runs."""
