"""Tax codes, their dated rates, and which of them a line carries when it names none."""
