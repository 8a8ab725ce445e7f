"""Who is who: our copies of contacts, users and the organisation."""
