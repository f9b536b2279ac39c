"""Imports: a CSV file is read whole, held against the books, then carried in, in the order of time."""
