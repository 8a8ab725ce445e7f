"""What becomes of a document after its draft: approved, voided, answered."""
