"""Documents as PDF files: what is printed is settled here, how it looks in `printing`."""
