"""Routes of this app under /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.v1.consents import ConsentsView, ConsentTextsView
from accounts.api.v1.invitations import InvitationViewSet, MyInvitationViewSet
from accounts.api.v1.views import ApiKeyViewSet, DisclosureViewSet, MembershipViewSet, MeView, OrganisationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("organisations", OrganisationViewSet, basename="organisation")
router.register("memberships", MembershipViewSet, basename="membership")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("api-keys", ApiKeyViewSet, basename="api-key")
router.register("disclosures", DisclosureViewSet, basename="disclosure")

urlpatterns = [
    path("consent-texts", ConsentTextsView.as_view(), name="consent-texts"),
    path("me/consents", ConsentsView.as_view(), name="me-consents"),
    path("me/invitations", MyInvitationViewSet.as_view({"get": "list"}), name="me-invitations"),
    path("me", MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
