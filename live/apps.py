from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = _("Sittings")

    def ready(self) -> None:
        from live import features  # noqa: F401 - registers commands and entry kinds
