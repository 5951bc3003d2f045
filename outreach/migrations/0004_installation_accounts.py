"""Every business so far sends through the installation's own mail server."""

from django.db import migrations
from django.utils import timezone


def give_accounts(apps, schema_editor):
    business_model = apps.get_model("tenancy", "Business")
    account_model = apps.get_model("outreach", "ProviderAccount")
    now = timezone.now()
    account_model.objects.bulk_create(
        [
            account_model(
                business=business,
                channel="email",
                provider="installation",
                created_at=now,
            )
            for business in business_model.objects.all()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("outreach", "0003_the_engine")]

    operations = [migrations.RunPython(give_accounts, migrations.RunPython.noop)]
