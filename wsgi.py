"""The WSGI application: `wsgi:app`, made from the environment."""

from config.settings import Settings
from loyalty.app import create_app

app = create_app(Settings.from_env())
