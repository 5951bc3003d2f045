from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="tierchange",
            name="reason",
            field=models.CharField(
                choices=[
                    ("visit", "a visit was completed"),
                    ("review", "yearly review"),
                    ("correction", "a visit was corrected"),
                    ("ladder", "the ladder was changed"),
                    ("merge", "two entries became one"),
                ],
                max_length=10,
            ),
        ),
    ]
