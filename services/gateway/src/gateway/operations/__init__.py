"""What administrators see of the machinery, over all services: the events that were given up."""
