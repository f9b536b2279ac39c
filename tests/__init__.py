"""Tests are sentences on a real database; arithmetic is a table."""
