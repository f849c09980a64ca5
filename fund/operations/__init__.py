"""Every change of the fund, one module per noun. Pages, commands and imports all go through the same functions.

An operation checks the permission, validates, writes, posts and leaves an audit record, in one transaction under the
book's lock. It refuses with a subclass of `ledger.errors.Refused`, and then nothing was written.
"""
