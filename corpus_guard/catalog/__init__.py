"""Finds and reads what is written as data: rules, standards, pipelines, manifests, conventions.

Every reader collects all complaints of all its files before it raises one `CatalogError`.
"""
