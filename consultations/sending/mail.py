"""Notices by e-mail."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from .notice import Notice


def send_mail(address: str, notice: Notice) -> None:
    """Send a notice; raises what the mail server's client raises.

    One click in the mail program ends them (RFC 8058), and so does the link at the foot.
    """
    foot = _("To receive no more messages about this: {url}").format(url=notice.stop_url)
    EmailMessage(
        subject=" ".join(notice.title.split()),
        body=f"{notice.body}\n\n{notice.url}\n\n-- \n{foot}\n",
        to=[address],
        headers={
            "List-Unsubscribe": f"<{notice.stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    ).send()
