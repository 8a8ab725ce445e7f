"""The e-mails that open a portal: let in by staff, held to what contacts says, each with one salt."""
