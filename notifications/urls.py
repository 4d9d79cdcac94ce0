"""Pages of this app, outside the API."""

from django.urls import path

from notifications.pages import unsubscribe

urlpatterns = [path("unsubscribe/<str:token>", unsubscribe, name="unsubscribe")]
