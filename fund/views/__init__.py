"""Pages. A view parses, calls one operation or query, renders."""
