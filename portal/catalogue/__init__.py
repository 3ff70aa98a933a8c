"""The one catalogue of the interface's words: from Python, templates and islands to gettext's
files and the islands' JSON. No program of gettext is needed on the machine."""
