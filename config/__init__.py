"""How this copy runs: settings from the environment, and logs. What a club promises is in programmes/."""
