"""The rules of the house, kept by the machine so that reviewers need not."""
