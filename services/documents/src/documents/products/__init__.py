"""What is sold and bought, with its price and taxes."""
