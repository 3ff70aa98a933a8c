"""Markers of ballots without row numbers on SQLite, which tell the order in which people voted;
and what polls held before there were kinds and levels."""

from django.db import migrations
from django.db.models import Sum

TABLE = "consultations_ballotmarker"
COLUMNS = "poll_id, person_id, level"


def without_row_numbers(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [TABLE])
        made = cursor.fetchone()[0]
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type = 'index' "
            "AND sql IS NOT NULL",
            [TABLE],
        )
        indexes = [row[0] for row in cursor.fetchall()]
    if "WITHOUT ROWID" in made.upper():
        return
    made = made.replace(TABLE, f"new__{TABLE}", 1)
    for statement in (
        f"{made} WITHOUT ROWID",
        f"INSERT INTO new__{TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE}",
        f"DROP TABLE {TABLE}",
        f"ALTER TABLE new__{TABLE} RENAME TO {TABLE}",
        *indexes,
    ):
        schema_editor.execute(statement)


def complete_polls(apps, schema_editor):
    Poll = apps.get_model("consultations", "Poll")
    for poll in Poll.objects.exclude(state="draft").annotate(cast=Sum("options__votes")):
        poll.revealed, poll.level, poll.voters = True, "confirmed", poll.cast or 0
        poll.save(update_fields=["revealed", "level", "voters"])


class Migration(migrations.Migration):
    dependencies = [("consultations", "0003_participation")]

    operations = [
        migrations.RunPython(without_row_numbers, migrations.RunPython.noop),
        migrations.RunPython(complete_polls, migrations.RunPython.noop),
    ]
