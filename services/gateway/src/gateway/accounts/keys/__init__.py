"""API keys: what people give to programs, worth at any moment what the person behind them is."""
