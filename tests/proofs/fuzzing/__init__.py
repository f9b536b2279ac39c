"""What the fuzz is made of: a club, requests that are granted there, nasty values, who hears the answers."""
