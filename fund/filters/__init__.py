"""How lists are narrowed, one module per noun."""
