from customers.privacy import consent_notice

PAGE = "/casa-alba/settings/notice/"


def test_an_owner_says_that_guests_are_told_and_the_log_knows(as_alba, casa_alba, alba):
    as_alba.post(PAGE, {"told": "yes"})

    assert consent_notice.is_on(casa_alba) is True
    assert list(casa_alba.audit_events.values_list("actor", "action", "fields")) == [
        (alba.pk, "amended", ["booking notice"])
    ]


def test_saying_it_twice_is_saying_it_once(as_alba, casa_alba):
    as_alba.post(PAGE, {"told": "yes"})
    as_alba.post(PAGE, {"told": "yes"})

    assert casa_alba.audit_events.count() == 1


def test_it_can_be_taken_back(as_alba, casa_alba):
    as_alba.post(PAGE, {"told": "yes"})
    as_alba.post(PAGE, {"told": "no"})

    assert consent_notice.is_on(casa_alba) is False


def test_the_words_to_use_are_shown(as_alba, casa_alba):
    answer = as_alba.get(PAGE)

    assert "After your visit we may write and ask how it was." in answer.text
    assert "Only guests who have said yes" not in answer.text
    assert "only guests who have said yes are written to" in answer.text
