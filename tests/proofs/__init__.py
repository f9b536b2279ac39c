"""How we know that no point is lost or doubled: the rows of the table, quick and long (docs/proofs.md)."""
