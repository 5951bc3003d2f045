from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_lists"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="tag",
            name="customers_tag_once",
        ),
        migrations.AddField(
            model_name="tag",
            name="removed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("business", "key"),
                name="customers_tag_once",
                violation_error_message="There is a tag with this name already.",
            ),
        ),
    ]
