"""What each report says, one module per report: rows and columns that any renderer can show."""
