"""Refusals that were recorded: robots.txt files, opt-out headers, blocked domains. Nothing here asks the network."""
