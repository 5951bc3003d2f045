from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from crm.core.once import broken_rule, fresh_token, promised_uuid
from tests.factories import make_business


def test_a_token_promises_the_same_uuid_every_time():
    token = fresh_token("guest:7")

    first, second = promised_uuid("guest:7", token), promised_uuid("guest:7", token)

    assert first == second


@pytest.mark.parametrize("token", ["", "nonsense", "\0", "å" * 40, "A" * 5000])
def test_what_is_no_token_promises_something_new(token):
    first, second = promised_uuid("guest:7", token), promised_uuid("guest:7", token)

    assert isinstance(first, UUID)
    assert first != second


def test_a_token_of_another_house_is_no_token():
    token = fresh_token("guest:7")

    assert promised_uuid("guest:8", token) != promised_uuid("guest:7", token)


def test_a_broken_rule_is_called_by_its_name(db):
    make_business(slug="casa-alba")

    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        make_business(slug="casa-alba")

    assert broken_rule(broken.value) == "tenancy_business_slug_key"


def test_an_error_that_names_no_rule_has_none():
    assert broken_rule(IntegrityError("something else")) == ""
