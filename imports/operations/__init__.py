"""Files from outside are taken through the fund's own operations, all rows or none."""
