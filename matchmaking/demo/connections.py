"""Fictional connections of the demonstration, one in each of the ways that they can go."""

from datetime import date, timedelta

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from buyers.content import content_of
from buyers.models import Requirement
from matchmaking import services
from matchmaking.demo.logins import agency
from matchmaking.models import Connection
from matchmaking.services import Wanted, match
from suppliers.models import Supplier

SUPPLIERS_EACH = 4
MONTHS_DELIVERED = 3


def load_connections(today: date) -> list[Connection]:
    """Store connections about the first two requirements, with the suppliers that match them best."""
    first, second = Requirement.objects.with_content().order_by("id")[:2]
    asked, declined, delivering, visited = _best(first)
    offering, proposed, *_others = _best(second)
    return [
        _ask(first, asked),
        _declined(_ask(first, declined)),
        _delivering(_ask(first, delivering), today),
        _visited(_ask(first, visited)),
        services.offer_connection(
            requirement_id=second.pk,
            supplier_id=offering.pk,
            message="We make such parts every day. / Chúng tôi làm loại chi tiết này hằng ngày.",
            by=_for(offering.organisation),
        ),
        services.propose_connection(
            requirement_id=second.pk,
            supplier_id=proposed.pk,
            message="You should meet. / Hai bên nên gặp nhau.",
            by=_for(agency()),
        ),
    ]


def _best(requirement: Requirement) -> list[Supplier]:
    ids = match(content_of(requirement), Wanted(top=SUPPLIERS_EACH)).supplier_ids
    found = {row.public_id: row for row in Supplier.objects.filter(public_id__in=ids).select_related("organisation")}
    return [found[public_id] for public_id in ids]


def _for(organisation: Organisation) -> Principal:
    return Principal(organisation=organisation, role=Membership.Role.OWNER)


def _ask(requirement: Requirement, supplier: Supplier) -> Connection:
    return services.request_connection(
        requirement_id=requirement.pk,
        supplier_id=supplier.pk,
        message="Could you make this for us? / Quý vị có thể làm chi tiết này không?",
        by=_for(requirement.buyer.organisation),
    )


def _sides(connection: Connection) -> tuple[Principal, Principal]:
    return _for(connection.requirement.buyer.organisation), _for(connection.supplier.organisation)


def _declined(connection: Connection) -> Connection:
    _buyer, supplier = _sides(connection)
    return services.decline_connection(connection_id=connection.pk, reason="capacity", by=supplier)


def _visited(connection: Connection) -> Connection:
    buyer, supplier = _sides(connection)
    services.accept_connection(connection_id=connection.pk, by=supplier)
    services.send_message(connection_id=connection.pk, text="When may we visit you?", by=buyer)
    services.send_message(connection_id=connection.pk, text="Sáng thứ Năm được không ạ?", by=supplier)
    return services.advance_connection(connection_id=connection.pk, to="visit", by=buyer)


def _delivering(connection: Connection, today: date) -> Connection:
    """A contract since some months, with deliveries that the buyer has confirmed."""
    buyer, supplier = _sides(connection)
    services.accept_connection(connection_id=connection.pk, by=supplier)
    started = today - timedelta(days=31 * (MONTHS_DELIVERED + 1))
    contract = services.advance_connection(
        connection_id=connection.pk, to="contract", value_band="50_to_250", starts_on=started, by=buyer
    )
    for month in range(1, MONTHS_DELIVERED + 1):
        report = services.report_deliveries(
            connection_id=connection.pk, month=started + timedelta(days=31 * month), deliveries=12, good=11, by=supplier
        )
        services.confirm_deliveries(report_id=report.pk, by=buyer)
    return contract
