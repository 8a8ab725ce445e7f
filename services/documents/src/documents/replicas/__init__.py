"""Both ends of a document: our copies of the organisation, the contacts and their people."""
