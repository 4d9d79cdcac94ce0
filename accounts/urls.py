"""Pages of one's own, and addresses of django-allauth at which this site asks for more than it does, before its own."""

from allauth.account.decorators import reauthentication_required
from allauth.headless.constants import Client
from allauth.usersessions.views import list_usersessions
from django.urls import path, re_path

from accounts.own_sessions import APP, OwnSessionsView
from accounts.pages import answer, home

urlpatterns = [
    path("accounts/home/", home, name="home"),
    re_path(
        r"^accounts/invitations/(?P<invitation>inv_[0-9a-z]+)/(?P<verb>accept|decline)/$",
        answer,
        name="invitation_answer",
    ),
    path("accounts/sessions/", reauthentication_required(app=APP, allow_get=True)(list_usersessions)),
    path("auth/app/v1/auth/sessions", OwnSessionsView.as_api_view(client=Client.APP)),
]
