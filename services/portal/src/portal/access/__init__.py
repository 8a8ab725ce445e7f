"""What staff allow a contact in the portal: open or not, password, ways of paying, catalogue."""
