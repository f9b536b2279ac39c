"""The WSGI application: `wsgi:app`, made from the environment."""

from config.settings import Settings, SettingsFaulty
from loyalty.app import create_app

try:
    app = create_app(Settings.from_env())
except SettingsFaulty as faulty:
    raise SystemExit(str(faulty)) from None
