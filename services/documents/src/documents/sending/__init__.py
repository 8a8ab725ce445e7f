"""Who gets a document by mail, and the wish to mail it."""
