"""What clients order from the catalogue."""
