"""The WSGI application: `wsgi:app`, made from the environment.

Where it is served, an unsafe database is refused; other commands of `flask` come in here too and can mend it.
"""

import click

from config.settings import Settings, SettingsFaulty
from loyalty.app import create_app
from loyalty.db import take_into_service
from loyalty.risks import UnsafeDatabase

NO_USE_TRYING_AGAIN = 3  #: gunicorn ends the whole server when a worker ends so

context = click.get_current_context(silent=True)
is_served = context is None or context.info_name == "run"
try:
    settings = Settings.from_env()
    app = create_app(settings)
    if is_served:
        with app.app_context():
            take_into_service(settings.accepted_risks)
except (SettingsFaulty, UnsafeDatabase) as fault:
    click.echo(fault, err=True)
    raise SystemExit(NO_USE_TRYING_AGAIN) from None
