"""Notifications and preferences on the wire."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, User
from config.api.fields import MomentField, ResourceSerializer, StrictSerializer, TextField
from notifications.mail import in_short, link_of
from notifications.models import Notification, Preference
from notifications.preferences import Wishes
from notifications.topic_names import TOPIC_CHOICES, described, name_of
from notifications.topics import TOPICS, topics_for

Frequency = Preference.Frequency
IN_APP_CHOICES = [choice for choice in Frequency.choices if choice[0] != Frequency.DAILY]


class NotificationSerializer(ResourceSerializer):
    """Something that you were told. Title and text are in the language of the request."""

    topic = serializers.CharField(source="event.topic")
    subject = serializers.CharField(source="event.subject", help_text="Id of what the event happened to.")
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField(help_text="Paragraphs, parted by blank lines.")
    url = serializers.SerializerMethodField(help_text="Where to go on.")
    happened_at = MomentField(source="event.created_at")
    read_at = MomentField(allow_null=True)

    class Meta:
        model = Notification
        fields = ["id", "topic", "subject", "title", "text", "url", "happened_at", "read_at"]
        read_only_fields = fields

    def get_title(self, _row: Notification) -> str:
        return self._title_and_text[0]

    def get_text(self, _row: Notification) -> str:
        return self._title_and_text[1]

    def get_url(self, row: Notification) -> str:
        return link_of(row.event) if self._is_whole(row) else settings.SITE_URL

    def to_representation(self, row: Notification) -> dict[str, Any]:
        self._title_and_text = self._written(row)
        return super().to_representation(row)

    def _written(self, row: Notification) -> tuple[str, str]:
        """An event of an older release may lack words of today's message: then only its topic is named."""
        if not self._is_whole(row):
            return name_of(row.event.topic), ""
        language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
        title, text = in_short(row.event, language)
        return title, text.strip()

    def _is_whole(self, row: Notification) -> bool:
        return not TOPICS[row.event.topic].missing(row.event.payload)


class UnreadCountSerializer(serializers.Serializer[Any]):
    """How many are left."""

    unread = serializers.IntegerField(read_only=True)


class ReadAllWriter(StrictSerializer):
    until = TextField(required=False, max_length=32, help_text="Id of the newest that is to count as read.")


class TopicPreferenceSerializer(serializers.Serializer[Any]):
    """How you are told of one topic."""

    topic = serializers.CharField(read_only=True)
    label = serializers.CharField(  # type: ignore[assignment]  # fields have one of their own
        read_only=True, help_text="What people call it, in the language of the request."
    )
    description = serializers.CharField(read_only=True, help_text="What happened, in the language of the request.")
    email = serializers.ChoiceField(Frequency.choices, read_only=True)
    in_app = serializers.ChoiceField(IN_APP_CHOICES, read_only=True)
    always_mailed = serializers.BooleanField(read_only=True, help_text="Whether e-mails of it cannot be put off.")


class NotificationPreferencesSerializer(serializers.Serializer[Any]):
    """How you are told. The time zone is changed at /me."""

    time_zone = serializers.CharField(read_only=True)
    daily_at = serializers.SerializerMethodField(help_text="When daily e-mails are sent, in your time zone.")
    topics = serializers.SerializerMethodField()

    def get_daily_at(self, _person: User) -> str:
        return settings.DIGEST_AT

    @extend_schema_field(TopicPreferenceSerializer(many=True))
    def get_topics(self, person: User) -> list[dict[str, Any]]:
        kinds = set(Membership.objects.filter(user=person).values_list("organisation__kind", flat=True))
        wishes = Wishes.of(people=[person.pk])
        return [
            {
                "topic": topic,
                "label": name_of(topic),
                "description": described(topic),
                "email": wishes.frequency(person.pk, topic, Preference.Channel.EMAIL),
                "in_app": wishes.frequency(person.pk, topic, Preference.Channel.IN_APP),
                "always_mailed": TOPICS[topic].is_essential,
            }
            for topic in topics_for(kinds)
        ]


class TopicPreferenceWriter(StrictSerializer):
    topic = serializers.ChoiceField(TOPIC_CHOICES)
    email = serializers.ChoiceField(Frequency.choices, required=False)
    in_app = serializers.ChoiceField(IN_APP_CHOICES, required=False)


class NotificationPreferencesWriter(StrictSerializer):
    topics = serializers.ListField(child=TopicPreferenceWriter(), allow_empty=False, max_length=100)
