"""Verbs and their objects in a clause."""
