"""What ``gunicorn rest.app`` reads at the root of a checkout; the settings stand in ``rest/gunicorn_settings.py``."""

from rest.gunicorn_settings import *  # noqa: F403 - gunicorn takes every name that it knows
