"""A loyalty club engine: cards, points that can be proven, tiers, and rules that explain themselves."""
