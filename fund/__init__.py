"""Knows what money means to the fund: donors, agreements, receipts, projects, disbursements."""
