"""Our copies of contacts and the organisation."""
