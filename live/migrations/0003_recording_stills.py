from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0002_papers_of_sittings"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="stills",
            field=models.JSONField(default=dict),
        ),
    ]
