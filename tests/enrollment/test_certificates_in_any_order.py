"""Any order of what can happen to a certificate: one speaks for the award, and the public is never told too much good."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enrollment import certification, invariants, renewals, verification
from enrollment.credentials import status_list
from enrollment.models import Certificate, Event, RenewalRule, Seal
from enrollment.snapshot import fingerprint
from enrollment.workflow import MoveRefused
from tests.factories import CourseFactory

from .learners import AT, assessor, finished, registrar
from .test_renewals import paper, refreshed

DAY = timedelta(days=1)
PROMISES = (
    invariants.a_certificate_follows_completion,
    invariants.certificates_form_chains,
    invariants.history_leads_to_the_present,
    invariants.every_step_has_its_letter,
)
ENDINGS = {"superseded", "renewed", "revoked"}
who = st.sampled_from(["registrar", "registrar", "registrar", "assessor", "holder"])


class OneAward(RuleBasedStateMachine):
    """A certificate of two years with a refresher course, and everybody who might do something to it."""

    def __init__(self):
        super().__init__()
        self.outcome = transaction.atomic()
        self.outcome.__enter__()
        self.at = AT

    def teardown(self):
        transaction.set_rollback(True)
        self.outcome.__exit__(None, None, None)

    @initialize()
    def begin(self):
        enrollment = finished()
        RenewalRule.objects.create(
            course=enrollment.course, valid_months=24, refresher=CourseFactory(), opens_days=400
        )
        self.people = {"registrar": registrar(), "assessor": assessor(), "holder": enrollment.learner}
        self.first = certification.issue_certificate(
            enrollment=enrollment, by=self.people["registrar"], at=AT
        )
        self.enrollment, self.corrections, self.frozen = enrollment, 0, {}
        self.ended: dict[int, str] = {}

    def any_one(self, place) -> Certificate:
        chain = renewals.chain(self.first)
        return chain[place % len(chain)]

    def attempt(self, verb, **given):
        """Done by a right person, or refused in a sentence."""
        self.at += timedelta(hours=1)
        by = given.pop("by", None)
        try:
            verb(**given, by=self.people[by], at=self.at)
        except MoveRefused as refused:
            assert str(refused)
        else:
            assert by == (
                "holder" if verb in (certification.share, certification.stop_sharing) else "registrar"
            )

    @rule(verb=st.sampled_from(["suspend", "reinstate"]), by=who, place=st.integers(0, 3))
    def looked_into(self, verb, by, place):
        self.attempt(getattr(certification, verb), certificate=self.any_one(place), by=by, note="Why.")

    @rule(by=who, place=st.integers(0, 3))
    def revoked(self, by, place):
        one = self.any_one(place)
        self.attempt(certification.revoke, certificate=one, by=by, note="Why.", reason_class="misconduct")

    @rule(by=who, place=st.integers(0, 1))
    def corrected(self, by, place):
        self.corrections += 1
        self.attempt(
            renewals.supersede,
            certificate=self.any_one(place),
            by=by,
            name=f"Name {self.corrections}",
            evidence=paper(),
            note="Why.",
        )

    @rule(by=who, place=st.integers(0, 1))
    def renewed(self, by, place):
        self.attempt(renewals.renew, certificate=self.any_one(place), by=by, note="Why.")

    @rule()
    def holder_refreshes(self):
        refreshed(self.first, self.at)

    @rule(days=st.integers(1, 500))
    def time_passes(self, days):
        self.at += days * DAY
        renewals.expire_due(at=self.at)
        renewals.remind_due(at=self.at)

    @rule(is_public=st.booleans(), place=st.integers(0, 3))
    def holder_turns_the_switch(self, is_public, place):
        one = self.any_one(place)
        if bool(one.shared_at) != is_public:
            verb = certification.share if is_public else certification.stop_sharing
            self.attempt(verb, certificate=one, by="holder")

    @invariant()
    def promises_are_kept(self):
        # Entries and certificates beside ours are made without their verbs.
        chain = renewals.chain(self.first)
        events = Event.objects.filter(certificate__in=chain).values_list("pk", flat=True)
        ours = {f"certificate {one.pk}" for one in chain} | {f"event {pk}" for pk in events}
        ours |= {f"event {pk} of certificate" for pk in events}
        assert [breach for promise in PROMISES for breach in promise().breaches if breach in ours] == []

    @invariant()
    def at_most_one_is_valid_and_it_is_the_newest(self):
        chain = renewals.chain(self.first)
        states = [verification.look_up(one.number, at=self.at).state for one in chain]
        assert states.count("valid") <= 1 and "valid" not in states[1:]
        assert all(one.status in Certificate.FOLLOWED for one in chain[1:])

    @invariant()
    def what_has_ended_stays_so_and_what_was_frozen_stays_frozen(self):
        for one in renewals.chain(self.first):
            assert self.ended.get(one.pk, one.status) == one.status
            if one.status in ENDINGS:
                self.ended[one.pk] = one.status
            seal = (fingerprint(one.snapshot), one.seal.credential, one.seal.token)
            assert self.frozen.setdefault(one.pk, seal) == seal
            assert one.snapshot_sha256 == seal[0]

    @invariant()
    def machines_read_the_same(self):
        for one in renewals.chain(self.first):
            marked = {
                purpose
                for purpose, statuses in status_list.PURPOSES.items()
                if one.seal.status_index in Seal.objects.indices_of(one.seal.status_list, statuses)
            }
            expected = {"issued": set(), "suspended": {"revocation", "suspension"}}
            assert marked == expected.get(one.status, {"revocation"})


@pytest.mark.django_db
def test_certificates_keep_their_promises_in_any_order():
    run_state_machine_as_test(
        OneAward,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
