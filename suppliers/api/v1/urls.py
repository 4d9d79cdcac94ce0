"""Routes of this app under /api/v1/."""

from rest_framework.routers import SimpleRouter

from suppliers.api.v1.assessments import AssessmentViewSet
from suppliers.api.v1.documents import DocumentViewSet
from suppliers.api.v1.imports import ImportViewSet
from suppliers.api.v1.parts import CapabilityViewSet, CertificateViewSet, SiteViewSet
from suppliers.api.v1.support import SupportApplicationViewSet, SupportProgrammeViewSet
from suppliers.api.v1.views import ClaimViewSet, SupplierViewSet

FIRM = r"suppliers/(?P<supplier_id>sup_[0-9a-z]+)"

router = SimpleRouter(trailing_slash=False)
router.register("suppliers", SupplierViewSet, basename="supplier")
router.register(rf"{FIRM}/sites", SiteViewSet, basename="supplier-site")
router.register(rf"{FIRM}/capabilities", CapabilityViewSet, basename="supplier-capability")
router.register(rf"{FIRM}/certificates", CertificateViewSet, basename="supplier-certificate")
router.register(rf"{FIRM}/documents", DocumentViewSet, basename="supplier-document")
router.register(rf"{FIRM}/assessments", AssessmentViewSet, basename="supplier-assessment")
router.register("imports", ImportViewSet, basename="import")
router.register("claims", ClaimViewSet, basename="claim")
router.register("support-programmes", SupportProgrammeViewSet, basename="support-programme")
router.register("support-applications", SupportApplicationViewSet, basename="support-application")

urlpatterns = router.urls
