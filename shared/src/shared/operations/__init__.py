"""What an operator does at the command line: past every organisation's walls, on the machine that has the databases."""
