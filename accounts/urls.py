"""Addresses of django-allauth at which this site asks for more than it does. They stand before its own."""

from allauth.account.decorators import reauthentication_required
from allauth.headless.constants import Client
from allauth.usersessions.views import list_usersessions
from django.urls import path

from accounts.own_sessions import APP, OwnSessionsView

urlpatterns = [
    path("accounts/sessions/", reauthentication_required(app=APP, allow_get=True)(list_usersessions)),
    path("auth/app/v1/auth/sessions", OwnSessionsView.as_api_view(client=Client.APP)),
]
