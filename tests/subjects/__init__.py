"""Each subject by itself."""
