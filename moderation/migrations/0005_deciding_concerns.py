import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONE = models.Q(
    models.Q(("comment__isnull", False), ("concern", None), ("question", None)),
    models.Q(("comment", None), ("concern__isnull", False), ("question", None)),
    models.Q(("comment", None), ("concern", None), ("question__isnull", False)),
    _connector="OR",
)


def claimed(to):
    return models.OneToOneField(
        null=True,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="claim",
        to=f"consultations.{to}",
    )


def decided(to):
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="decisions",
        to=f"consultations.{to}",
    )


class Migration(migrations.Migration):
    """Claims hold for a minute: those of the old table end with it."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("consultations", "0009_second_opinions_on_concerns"),
        ("moderation", "0004_concerns"),
    ]

    operations = [
        migrations.DeleteModel("Claim"),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField(db_index=True)),
                ("comment", claimed("comment")),
                ("concern", claimed("concern")),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("question", claimed("question")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=ONE, name="claim_about_one_thing")
                ],
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="carrier",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="consultations.concern",
            ),
        ),
        migrations.AddField("decision", "comment", decided("comment")),
        migrations.AddField("decision", "concern", decided("concern")),
        migrations.AlterField("decision", "question", decided("question")),
        migrations.AlterField(
            "sanction",
            "kind",
            models.CharField(
                choices=[
                    ("warning", "warning"),
                    ("mute", "no questions, concerns or comments for a while"),
                    ("ban", "excluded from taking part"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(condition=ONE, name="decision_about_one_thing"),
        ),
    ]
