"""What a reader who sees a whole ranking asks of it, and the answer, which is kept while nothing changes."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer

from accounts.models import ApiKey
from matchmaking.api.v1.kept_answers import KeptAnswers
from matchmaking.catalogue import Snapshot
from matchmaking.engine.sentences import Language
from matchmaking.presentation import Viewer, present
from matchmaking.services import RequirementVersion, Wanted, match_requirement

kept = KeptAnswers()


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingQuestion:
    """Which lines of which requirement's ranking, for whom, in which language. All of it, so that equal ones have the
    same answer."""

    requirement: RequirementVersion
    content_version: int
    viewer: Viewer
    wanted: Wanted
    language: Language

    def answer(self, snapshot: Snapshot) -> bytes:
        """JSON, told again where it was found in this snapshot before. Speaks the active language."""
        answer = kept.find(snapshot, self)
        if answer is None:
            answer = JSONRenderer().render(self._body(snapshot))
            kept.keep(snapshot, self, answer)
        return answer

    def _body(self, snapshot: Snapshot) -> dict[str, Any]:
        found = match_requirement(self.requirement, self.wanted, snapshot=snapshot)
        return {
            "requirement": self.requirement.public_id,
            "requirement_version": self.content_version,
            "order": self.wanted.order,
            **present(found, found.positions, viewer=self.viewer, language=self.language),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of software that was let in, and which limit it counted under, for whom."""

    question: RankingQuestion
    api_key: ApiKey
    limit: str
    limit_owner: str


class RankingResponse(HttpResponse):
    """An answer, and what was asked where software asked it."""

    def __init__(self, content: bytes, asked: Asked | None) -> None:
        super().__init__(content, content_type=JSONRenderer.media_type)
        self.asked = asked
