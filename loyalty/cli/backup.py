"""`flask backup`: copies of the books, and the way back from them."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_migrate import upgrade

from loyalty.cli.ledger import verify
from loyalty.errors import Busy
from loyalty.jobs import backups
from loyalty.jobs.backups import BackupFaulty, Copy
from loyalty.rooms import rooms

backup = AppGroup("backup", help="Copies of the books, and the way back.")
_UNREACHABLE = "the database did not answer; the log says why"


@backup.command("make", short_help="Copy all books into a new FOLDER, while they are in use.")
@click.argument("folder", type=click.Path(path_type=Path))
def make(folder: Path) -> None:
    """Copy the live and the training books into a new FOLDER, each as of one instant, while they are in use.

    The folder appears when it is whole, checked and on the disk; it holds all that the databases hold, so
    keep it as you keep them. PostgreSQL's own pg_dump and pg_restore must be there.
    """
    try:
        copies = backups.make(folder, rooms().clock.now())
    except BackupFaulty as faulty:
        raise click.ClickException(str(faulty)) from None
    except Busy:
        raise click.ClickException(_UNREACHABLE) from None
    for books, copy in copies.items():
        click.echo(_line(books, copy))


@backup.command("restore", short_help="Fill empty databases from the backup in FOLDER, and prove them.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(folder: Path) -> None:
    """Fill the empty databases that the settings name from the backup in FOLDER, and prove them.

    Tables of an earlier release are brought up to this one. Then every law of the books is checked, as
    `flask ledger verify` does; exits with 1 when anything does not hold.
    """
    try:
        copies = backups.restore(folder)
    except BackupFaulty as faulty:
        raise click.ClickException(str(faulty)) from None
    except Busy:
        raise click.ClickException(_UNREACHABLE) from None
    for books, copy in copies.items():
        click.echo(_line(books, copy))
    upgrade()
    click.get_current_context().invoke(verify)


def _line(books: str, copy: Copy) -> str:
    rows = sum(copy.rows.values())
    return f"{books}: {rows} rows at {copy.revision}, {copy.bytes} bytes, sha256 {copy.sha256}"
