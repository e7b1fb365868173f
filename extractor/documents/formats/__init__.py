"""How each format of file becomes text with places."""
