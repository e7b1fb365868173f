"""Ruled tables of a printed page: from drawn lines to rows of cells."""
