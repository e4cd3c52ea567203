"""The REST face: HTTP over a hoard, on Falcon under gunicorn's asgi worker. ``gunicorn rest.app``."""
