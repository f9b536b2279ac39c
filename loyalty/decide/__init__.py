"""What one fact leads to, across subjects: pure, decided once, the same for every asker."""
