"""What a reader who sees a whole ranking asks of it, and the answer, which is kept while nothing changes."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import translation

from accounts.models import ApiKey
from config.api.rendering import json_bytes
from matchmaking.api.v1.kept import KeptAnswers
from matchmaking.api.v1.lines import lines_of
from matchmaking.catalogue import Snapshot
from matchmaking.engine.canonical import results_sha256
from matchmaking.engine.sentences import Language
from matchmaking.presentation import Viewer, about
from matchmaking.services import Match, RequirementVersion, Wanted, match_requirement

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
        """JSON, told again where it was found in this snapshot before."""
        answer = kept.find(snapshot, self)
        if answer is None:
            with translation.override(self.language):
                answer = self._rendered(match_requirement(self.requirement, self.wanted, snapshot=snapshot))
            kept.keep(snapshot, self, answer)
        return answer

    def _rendered(self, found: Match) -> bytes:
        """The same as JSON of `present`, put together from its lines."""
        ranks = [b'"rank":%d,' % found.ranking.rank_of(position) for position in found.positions]
        ranked = list(zip(ranks, lines_of(self.requirement, found, self.language), strict=True))
        seal = results_sha256(rank.join(line.sealed) for rank, line in ranked)
        body = {
            "requirement": self.requirement.public_id,
            "requirement_version": self.content_version,
            "order": self.wanted.order,
            **about(found, found.positions, viewer=self.viewer, sha256=seal),
        }
        results = b",".join([rank.join(line.shown) for rank, line in ranked])
        return b'%s,"results":[%s]}' % (json_bytes(body)[:-1], results)


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
        super().__init__(content, content_type="application/json")
        self.asked = asked
