"""The wire: JSON in, typed facts out; views in, JSON out. No database here."""
