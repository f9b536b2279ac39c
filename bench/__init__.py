"""The benchmark: ratios of the engine to yardsticks that are measured in the same minute (docs/speed.md)."""
