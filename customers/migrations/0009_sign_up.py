import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import customers.models.sign_up


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_quality"),
        ("tenancy", "0003_shown_columns"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignUpPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="Open")),
                (
                    "offers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("service", "About your visit"),
                                ("survey", "Questions about how it was"),
                                ("marketing", "News and offers"),
                            ],
                            max_length=9,
                        ),
                        default=customers.models.sign_up.usual_offers,
                        size=None,
                        verbose_name="What people may say yes to",
                    ),
                ),
                (
                    "asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("phone", "Phone"), ("birthday", "Birthday")],
                            max_length=8,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="What else you ask for",
                    ),
                ),
                ("welcome", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField()),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.business",
                    ),
                ),
                (
                    "venue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_up_page",
                        to="tenancy.venue",
                    ),
                ),
            ],
            options={
                "default_related_name": "sign_up_pages",
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("nb", "Norwegian (bokmål)"),
                            ("nn", "Norwegian (nynorsk)"),
                            ("sv", "Swedish"),
                            ("da", "Danish"),
                            ("fi", "Finnish"),
                            ("de", "German"),
                        ],
                        max_length=8,
                    ),
                ),
                ("given_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(blank=True, max_length=80)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("birthday_month", models.PositiveSmallIntegerField(null=True)),
                ("birthday_day", models.PositiveSmallIntegerField(null=True)),
                ("agreed", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(verbose_name="Signed up")),
                ("expires_at", models.DateTimeField()),
                (
                    "confirmed_at",
                    models.DateTimeField(null=True, verbose_name="Confirmed"),
                ),
                ("is_new_guest", models.BooleanField(default=False)),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.business",
                    ),
                ),
                (
                    "guest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="customers.guest",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="customers.signuppage",
                    ),
                ),
            ],
            options={
                "default_related_name": "sign_ups",
            },
        ),
        migrations.AddConstraint(
            model_name="signuppage",
            constraint=models.CheckConstraint(
                condition=models.Q(("offers__len__gt", 0)),
                name="customers_signuppage_offers_something",
                violation_error_message="Choose at least one.",
            ),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)),
                fields=["expires_at"],
                name="customers_signup_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="signup",
            index=models.Index(
                fields=["page", "confirmed_at"], name="customers_signup_counted"
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                name="customers_signup_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("guest", None)),
                    models.Q(
                        ("birthday_day", None),
                        ("birthday_month", None),
                        ("confirmed_at__isnull", False),
                        ("email", ""),
                        ("family_name", ""),
                        ("given_name", ""),
                        ("guest__isnull", False),
                        ("phone", ""),
                    ),
                    _connector="OR",
                ),
                name="customers_signup_typed_until_confirmed",
            ),
        ),
    ]
