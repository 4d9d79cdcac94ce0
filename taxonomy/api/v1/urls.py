"""Routes below /api/v1/taxonomy/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from taxonomy.api.v1 import views
from taxonomy.api.v1.suggest import SuggestView

router = SimpleRouter(trailing_slash=False)
router.register("taxonomy/processes", views.ProcessViewSet, basename="process")
router.register("taxonomy/materials", views.MaterialViewSet, basename="material")
router.register("taxonomy/standards", views.StandardViewSet, basename="standard")
router.register("taxonomy/provinces", views.ProvinceViewSet, basename="province")
router.register("taxonomy/corridors", views.CorridorViewSet, basename="corridor")
router.register("taxonomy/parks", views.ParkViewSet, basename="park")
router.register("taxonomy/industries", views.IndustryViewSet, basename="industry")
router.register("taxonomy/sectors", views.SectorViewSet, basename="sector")

urlpatterns = [path("taxonomy/suggest", SuggestView.as_view(), name="taxonomy-suggest"), *router.urls]
