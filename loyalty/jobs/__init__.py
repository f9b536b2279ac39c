"""Work the clock asks for: loops that commit chunk by chunk."""
