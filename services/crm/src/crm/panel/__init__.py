"""What the panel shows of crm: next activities, open opportunities, notes."""
