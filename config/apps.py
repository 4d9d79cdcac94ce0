"""Django's registration of what all apps share."""

from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils.translation import pgettext_lazy

CONTEXT = "field"
"""Under which the names of fields are translated: “level” is another word here than in a sentence."""


class ConfigConfig(AppConfig):
    """Settings, routes, and the ground on which the apps stand."""

    name = "config"

    def ready(self) -> None:
        import config.transport  # noqa: F401  # registers its check

        for field, name in unnamed_fields():
            field.verbose_name = pgettext_lazy(CONTEXT, name)


def unnamed_fields() -> list[tuple["Field[object, object]", str]]:
    """The fields of our models that go by their attribute's name, each with that name in words.

    Django shows such names as they are. A field's deconstruction, which migrations compare, holds only names that were
    given: the translation changes nothing there.
    """
    return [
        (field, field.name.replace("_", " "))
        for model in _our_models()
        for field in model._meta.get_fields()  # noqa: SLF001  # public, for all its underscore
        if isinstance(field, Field) and "verbose_name" not in field.deconstruct()[3]
    ]


def _our_models() -> list[type[Model]]:
    ours = [app for app in apps.get_app_configs() if Path(app.path).parent == Path(settings.BASE_DIR)]
    return [model for app in ours for model in app.get_models()]
