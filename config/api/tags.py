"""The groups of operations in the OpenAPI document, in reading order: first step of the path, and what it is about."""

TAGS = {
    "me": "The person who asks, and the organisations that they belong to.",
    "consent-texts": "The texts on personal data to which people agree.",
    "organisations": "The legal persons behind suppliers, buyers and the agency.",
    "memberships": "Who belongs to an organisation, and in which role.",
    "invitations": "Asking people to join an organisation, and their answers.",
    "api-keys": "Keys for an organisation's software.",
    "disclosures": "To whom an organisation's contact persons were shown.",
    "taxonomy": "The shared vocabulary: processes, materials, standards, places, industries. Open to everyone.",
    "suppliers": "Firms that make parts or materials: profile, sites, capabilities, certificates, and how well each "
    "fact is proved.",
    "claims": "Statements that an imported firm is one's own.",
    "buyers": "Manufacturers that look for suppliers; staff verify them.",
    "plants": "Where buyers want parts delivered.",
    "requirements": "What buyers need, from draft to award, and which suppliers match it.",
    "match-preview": "The ranking of a requirement that is not saved.",
    "connections": "A buyer and a supplier who talk about a requirement, from the request to the answer.",
    "shortlists": "An organisation's own lists of suppliers, with notes and order.",
    "saved-searches": "Searches and rankings that are asked again, and alerts on what is new.",
    "search": "Finding suppliers and requirements by text in any of the languages.",
    "exports": "Lists as files.",
    "imports": "Lists of firms from files.",
    "notifications": "What you were told, and what you want to be told.",
    "webhook-endpoints": "Where events are sent to, signed.",
    "deliveries": "What was sent to your webhooks, and what they answered.",
    "jobs": "Long work: how far it is, what came of it, and how to stop it.",
}
