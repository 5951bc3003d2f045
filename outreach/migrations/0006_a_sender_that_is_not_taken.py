from django.db import migrations, models

_REASONS = [
    ("by_hand", "Paused by hand."),
    ("login", "The provider refuses the login."),
    ("empty", "The account with the provider is empty or closed."),
    ("sender", "The provider does not take the sender."),
    ("bounces", "Too many addresses do not exist."),
    ("complaints", "Too many guests called it spam."),
]


class Migration(migrations.Migration):
    dependencies = [("outreach", "0005_alerts")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="reason",
            field=models.CharField(
                blank=True, choices=_REASONS, default="", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="provideraccount",
            name="pause_reason",
            field=models.CharField(
                blank=True, choices=_REASONS, editable=False, max_length=10
            ),
        ),
    ]
