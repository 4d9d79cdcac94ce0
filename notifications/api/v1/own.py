"""What a person was told, and how the person wants to be told. Software has neither."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.v1.people import person_of
from accounts.models import User
from config.api.acts import NothingWriter, act
from config.api.conditional import NO_VERSION, required_version, tagged
from config.api.filtering import YesNoFilter
from config.api.views import ResourceViewSet, StrictView
from config.errors import InvalidFactError
from notifications import services
from notifications.api.v1.own_serializers import (
    NotificationPreferencesSerializer,
    NotificationPreferencesWriter,
    NotificationSerializer,
    ReadAllWriter,
    UnreadCountSerializer,
)
from notifications.models import Notification


class NotificationFilters(FilterSet):
    unread = YesNoFilter(
        field_name="read_at",
        lookup_expr="isnull",
        label="Only those that were not read, or only those that were.",
    )
    topic = CharFilter("event__topic", label="Such as `connection.accepted`.")
    subject = CharFilter("event__subject", label="Id of what the event happened to.")


class NotificationViewSet(ResourceViewSet[Any]):
    """What the person who asks was told, whatever organisation the request acts for."""

    queryset: QuerySet[Notification] = Notification.objects.select_related("event")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    writer_class = NothingWriter

    @extend_schema(operation_id="notifications_list", summary="What you were told, newest first")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="notifications_retrieve", summary="A notification")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="notifications_unread", summary="How many you have not read", responses=UnreadCountSerializer
    )
    @action(detail=False, methods=["get"], url_path="unread", pagination_class=None, filterset_class=None)
    def unread(self, request: Request) -> Response:
        return self._unread()

    @act(
        NothingWriter,
        operation_id="notifications_read",
        summary="Mark it read",
        path="read",
        answer=NotificationSerializer,
    )
    def read_it(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._mark(read=True)

    @act(
        NothingWriter,
        operation_id="notifications_keep_unread",
        summary="Mark it unread again",
        answer=NotificationSerializer,
        path="keep-unread",
    )
    def keep_unread(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._mark(read=False)

    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark all read, or all up to one",
        request=ReadAllWriter,
        responses=UnreadCountSerializer,
    )
    @action(detail=False, methods=["post"], url_path="read-all", writer_class=ReadAllWriter)
    def read_all(self, request: Request) -> Response:
        """Name the newest that you have shown as `until`, so that what came meanwhile stays unread."""
        until = self._named(self.read().get("until"))
        services.mark_all_read(by=request.auth, until=until)
        return self._unread()

    def _unread(self) -> Response:
        unread = Notification.objects.visible_to(self.request.auth).unread().count()
        return tagged(self.request, {"unread": unread}, version=NO_VERSION)

    def _mark(self, *, read: bool) -> Response:
        self.read()
        pk = self.get_object().pk
        return self.answer(services.mark_read(notification_id=pk, read=read, by=self.request.auth))

    def _named(self, public_id: str | None) -> Notification | None:
        if public_id is None:
            return None
        named = Notification.objects.visible_to(self.request.auth).filter(public_id=public_id).first()
        if named is None:
            raise InvalidFactError(_("There is no such notification."), pointer="/until", code="does_not_exist")
        return named


class PreferencesView(StrictView):
    """How the person who asks is told of what."""

    tags_answers = True

    @extend_schema(
        operation_id="notification_preferences_retrieve",
        summary="How you are told",
        responses=NotificationPreferencesSerializer,
    )
    def get(self, request: Request) -> Response:
        return self._answer(request, User.objects.get(pk=person_of(request).pk))

    @extend_schema(
        operation_id="notification_preferences_change",
        summary="Change how you are told: of all topics that you name, or of none",
        request=NotificationPreferencesWriter,
        responses=NotificationPreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        person_of(request)
        version = required_version(request)
        writer = NotificationPreferencesWriter(data=request.data, context={"request": request})
        writer.is_valid(raise_exception=True)
        wishes = writer.validated_data["topics"]
        person = services.change_preferences(wishes=wishes, by=request.auth, expected_version=version)
        return self._answer(request, person)

    def _answer(self, request: Request, person: User) -> Response:
        return tagged(request, NotificationPreferencesSerializer(person).data, version=person.version)
