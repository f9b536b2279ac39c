"""Forms over the places of a programme: what each section's fields are, and how they are read and shown."""
