from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_a_sender_that_is_not_taken")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("to_hash__isnull", False)),
                fields=["business", "to_hash"],
                name="outreach_message_to_address",
            ),
        ),
    ]
