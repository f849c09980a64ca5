"""Shows the books: statements and their renderers."""
