"""Refusals that were recorded: lists of blocked domains and robots.txt files. Nothing here asks the network."""
