"""Statements of the migrations, one module each; published ones are never edited."""
