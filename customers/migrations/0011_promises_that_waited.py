from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_duplicates")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="was_waiting",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
