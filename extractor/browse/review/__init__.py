"""Reviewing in the browser: who may write, what they ask, what is shown of it."""
