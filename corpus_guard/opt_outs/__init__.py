"""Refusals that were recorded: blocked domains, robots.txt files, headers of pages. Nothing here asks the network."""
