"""What the two doors with passwords share: how often one may try, which passwords are taken, how they are hashed."""
