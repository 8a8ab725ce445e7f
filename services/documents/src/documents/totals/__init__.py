"""Running totals per contact, kept in the transaction that changes them."""
