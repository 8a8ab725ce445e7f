"""Who did what to accounts, and who was refused: written down beside the deed, and never changed."""
