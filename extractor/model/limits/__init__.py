"""How fast, how dear and how patient a client's calls may be."""
