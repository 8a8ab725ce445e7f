"""What clients are told by mail of their own portal, in case it was somebody else."""
