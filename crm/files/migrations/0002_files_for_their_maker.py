from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="is_for_maker",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
