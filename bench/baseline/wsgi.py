"""The baseline, served as the service is: `gunicorn bench.baseline.wsgi:app`."""

import os

from bench.baseline.app import create_app

app = create_app(os.environ["LOYALTY_DATABASE_URL"])
