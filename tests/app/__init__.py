"""The edge: settings, logs, transactions, health, and what every answer carries."""
