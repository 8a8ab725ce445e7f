"""Documents as such: read, list, approve, void, answer."""
