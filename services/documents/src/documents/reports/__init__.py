"""What the running totals say: the panel's part, the year, the products."""
