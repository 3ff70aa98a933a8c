"""`manage.py check --deploy` tells an operator that citizens would get no code."""

from communes.checks import codes_are_sent


def ids() -> list[str | None]:
    return [message.id for message in codes_are_sent(None)]


def test_nothing_sent_is_told(settings):
    settings.SMS_BACKEND = "communes.identity.sms.ConsoleBackend"
    settings.EMAIL_HOST = ""
    assert ids() == ["communes.W001", "communes.W002"]
    settings.SMS_BACKEND = "communes.identity.sms.HttpBackend"
    settings.EMAIL_HOST = "mail.example.bj"
    assert ids() == []


def test_a_demonstration_need_not_send(settings):
    settings.SMS_BACKEND = "communes.identity.sms.DemoBackend"
    settings.DEMO = True
    assert ids() == []
