"""Taking a person out of everything, for good. The account stays, without a name, for what was done with it."""

from django.db import transaction

from accounts.events import announce
from accounts.models import Organisation, User
from accounts.personal_data import NO_CONTACT
from accounts.principals import Principal
from accounts.services import wind_up_the_deserted
from config.personal_data import Erasure, Reference, references, traces
from jobs.models import IdempotencyKey
from privacy.errors import WrongKindError
from privacy.models import DataRequest, Farewell
from privacy.services.handling import decided, locked
from privacy.services.masking import mask_everywhere
from privacy.services.ownership import refuse_to_leave_ownerless


@transaction.atomic
def carry_out_erasure(*, request_id: int, by: Principal) -> DataRequest:
    """Erase the person, or the organisation's contact person, who asked for it. It cannot be undone.

    Everything happens in one transaction. Disclosures of the person end with it, sessions too. The last message waits
    in a row of its own, which is all that still holds the address, until it is sent.

    Raises:
        NotAllowedError, OwnRequestError: the actor is no officer, or it is their own request.
        WrongKindError: something else was asked.
        TransitionError: it has been decided.
        LastOwnerError: members would be without an owner. Staff invite another, or end the membership.
    """
    request = locked(request_id, by=by)
    if request.kind != DataRequest.Kind.ERASURE:
        raise WrongKindError
    person = request.person
    if person is not None:
        _erase_person(person, by=by)
    elif request.organisation_id is not None:
        _erase_contact(request.organisation_id, by=by)
    request.refresh_from_db()
    request.details = ""
    return decided("data_request.erased", request, DataRequest.State.DONE, reason="", by=by)


def _erase_person(person: User, *, by: Principal) -> None:
    organisations = list(Organisation.objects.filter(memberships__user=person).values_list("pk", flat=True))
    list(Organisation.objects.filter(pk__in=organisations).order_by("pk").select_for_update())
    person = User.objects.select_for_update().get(pk=person.pk)
    refuse_to_leave_ownerless(person)
    email, phone, language = person.email, person.phone, person.language
    for trace in traces:
        trace.erase(person)
    for reference in references:
        _erase_rows(reference, person)
    person.anonymise()
    mask_everywhere(email=email, phone=phone)
    wind_up_the_deserted(organisations)
    Farewell.objects.create(email=email, language=language)
    announce("user.erased", subject=person, actor=by)


def _erase_contact(organisation_id: int, *, by: Principal) -> None:
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    name, email, phone = organisation.contact_name, organisation.contact_email, organisation.contact_phone
    for column, blank in NO_CONTACT.items():
        setattr(organisation, column, blank)
    organisation.save_next_version()
    IdempotencyKey.objects.telling_of(name, email, phone).delete()
    mask_everywhere(email=email, phone=phone)
    announce("organisation.contact_erased", subject=organisation, actor=by)


def _erase_rows(reference: Reference, person: User) -> None:
    rows = reference.rows(person)
    if reference.erasure is Erasure.DELETED:
        rows.delete()
    elif reference.erasure is Erasure.BLANKED:
        rows.update(**reference.blanks)
