"""Backing everything up and restoring it: database, recordings, uploads, secrets.

A backup is a folder (or the same in one tar file) with

    manifest.json      what is in it, with sizes and SHA-256 (`manifest.Manifest`)
    database.sqlite3   a consistent copy, or database.pgdump for PostgreSQL
    secrets.json       the keys, unless they come from the environment or were left out
    media/…            recordings and their journals (the staff's previews are not kept)
    uploads/…          uploaded files

`make.back_up` writes one while everything runs, `restore.restore` reads one while nothing does.
"""
