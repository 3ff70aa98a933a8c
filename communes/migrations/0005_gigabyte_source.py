"""Who says what a gigabyte costs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("communes", "0004_arrondissements")]

    operations = [
        migrations.AddField(
            model_name="commune",
            name="gigabyte_source",
            field=models.CharField(
                blank=True,
                help_text="Shown beside the price, such as: ARCEP, survey of March 2026.",
                max_length=120,
                verbose_name="who says so",
            ),
        ),
    ]
