from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = _("Sittings")

    def ready(self) -> None:
        from live.actions import commands  # noqa: F401 - fills the registry
