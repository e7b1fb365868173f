"""An evaluation in Markdown, HTML and pictures."""
