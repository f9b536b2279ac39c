"""The judge's laws, in its own terms: plain Python over plain rows; nothing of the product is imported."""
