from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0009_automations_and_campaigns")]

    operations = [
        migrations.AddField(
            model_name="automation",
            name="planned_on",
            field=models.DateField(editable=False, null=True),
        ),
    ]
