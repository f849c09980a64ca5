"""What the pages, commands and reports show, one module per noun. Totals come from the ledger."""
