"""CSV files as other systems write them, and the words that import them."""

from pathlib import Path


def csv_file(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "told.csv") -> str:
    """A file of these lines; its path."""
    file = folder / name
    file.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return str(file)


def mapped(*columns: str, **fixed: str) -> list[str]:
    """Options that read these columns as the fields of their names, and fix others."""
    named = [("--map", f"{column}={column}") for column in columns]
    return [word for pair in named + [("--set", f"{k}={v}") for k, v in fixed.items()] for word in pair]
