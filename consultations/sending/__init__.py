"""Telling people something outside of the site: e-mail and web push."""
