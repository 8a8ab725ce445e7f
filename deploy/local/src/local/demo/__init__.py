"""Demo data: Northwind Traders, moved to today, loaded through the public API."""
