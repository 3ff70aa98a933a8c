import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REASONS = [
    ("duplicate", "Asked already"),
    ("personal_data", "Contains personal data"),
    ("insult", "Insults somebody"),
    ("advertising", "Advertising"),
    ("unreadable", "Cannot be understood"),
    ("off_topic", "Not about this sitting"),
    ("answered_already", "Answered already"),
    ("private_matter", "Concerns one person's own case"),
    ("unproven_accusation", "Accuses somebody without proof"),
    ("other", "Another reason"),
]
SAID = ("question_id", "moderator_id", "code", "reason", "asked_at", "until")


def carry(apps, source, target):
    rows = apps.get_model("consultations", source).objects.exclude(question=None)
    into = apps.get_model("consultations", target).objects
    into.bulk_create(into.model(**row) for row in rows.values(*SAID))


def forth(apps, schema_editor):
    carry(apps, "PendingRefusal", "Refusal")


def back(apps, schema_editor):
    # What waits about a concern or a comment has no place there: it is decided as if it did not.
    carry(apps, "Refusal", "PendingRefusal")


def about(to):
    return models.OneToOneField(
        null=True,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="pending_refusal",
        to=f"consultations.{to}",
    )


class Migration(migrations.Migration):
    """A row's key was its question. It gets one of its own: a new table, what waits carried over,
    and the old table's name."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("consultations", "0008_splitting_concerns"),
    ]

    operations = [
        migrations.AddField(
            model_name="concernboard",
            name="second_opinion",
            field=models.BooleanField(default=True, verbose_name="second opinion"),
        ),
        migrations.AddField(
            model_name="concernboard",
            name="second_opinion_hours",
            field=models.PositiveSmallIntegerField(default=48),
        ),
        migrations.AddField("comment", "labels", models.JSONField(default=list)),
        migrations.AddField("concern", "labels", models.JSONField(default=list)),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(choices=REASONS, max_length=20)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField()),
                ("until", models.DateTimeField(db_index=True)),
                ("comment", about("comment")),
                ("concern", about("concern")),
                (
                    "moderator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("question", about("question")),
            ],
        ),
        migrations.RunPython(forth, back),
        migrations.DeleteModel("PendingRefusal"),
        migrations.RenameModel("Refusal", "PendingRefusal"),
        migrations.AddConstraint(
            model_name="pendingrefusal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment__isnull", False), ("concern", None), ("question", None)),
                    models.Q(("comment", None), ("concern__isnull", False), ("question", None)),
                    models.Q(("comment", None), ("concern", None), ("question__isnull", False)),
                    _connector="OR",
                ),
                name="refusal_about_one_thing",
            ),
        ),
    ]
