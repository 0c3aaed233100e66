"""Every address x everybody, the expected answer of each cell written by hand. A new address needs a row in both.

A cell is a status, or `in` for a way to the sign-in page, or `go` for any other redirect. Whoever may not know that a
record exists is told that there is none (404); who may know the place but not enter is refused (403).
"""

import pytest
from django.db import transaction
from django.urls import get_resolver

# stranger: not signed in. other: signed in, nothing of their own. applicant: owns the draft and its document.
# learner: owns the enrollment, its logbook and a certificate. The rest are members of staff, by role.
COLUMNS = [
    "stranger",
    "other",
    "applicant",
    "learner",
    "editor",
    "reviewer",
    "assessor",
    "registrar",
    "owner",
]

READING = """
home                          /                                                 200 200 200 200 200 200 200 200 200
courses:catalog               /courses/                                         200 200 200 200 200 200 200 200 200
courses:course                /courses/{course}/                                200 200 200 200 200 200 200 200 200
courses:module                /courses/{course}/{module}/                       200 200 200 200 200 200 200 200 200
courses:course_calendar       /courses/{course}/intakes.ics                     200 200 200 200 200 200 200 200 200
courses:intakes               /intakes/                                         200 200 200 200 200 200 200 200 200
courses:intake_calendar       /intakes/{code}.ics                               200 200 200 200 200 200 200 200 200
courses:interest              /interest/{course}/                               200 200 200 200 200 200 200 200 200
courses:interest_sent         /interest/sent/{course}/                          200 200 200 200 200 200 200 200 200
courses:interest_confirm      /interest/confirm/{confirm_key}/                  200 200 200 200 200 200 200 200 200
courses:interest_stop         /interest/stop/{stop_key}/                        200 200 200 200 200 200 200 200 200
courses:ask_anything          /ask/                                             200 200 200 200 200 200 200 200 200
courses:ask                   /ask/{course}/                                    200 200 200 200 200 200 200 200 200
courses:asked_anything        /asked/                                           200 200 200 200 200 200 200 200 200
courses:asked                 /asked/{course}/                                  200 200 200 200 200 200 200 200 200
courses:mark                  /accreditation/{mark}.png                         200 200 200 200 200 200 200 200 200
courses:article_list          /articles/                                        200 200 200 200 200 200 200 200 200
courses:article               /articles/{article}/                              200 200 200 200 200 200 200 200 200
courses:about                 /about/                                           200 200 200 200 200 200 200 200 200
courses:eligibility           /eligibility/                                     200 200 200 200 200 200 200 200 200
courses:sitemap               /sitemap.xml                                      200 200 200 200 200 200 200 200 200
courses:sitemap_part          /sitemap-courses.xml                              200 200 200 200 200 200 200 200 200
courses:feed                  /articles/feed.atom                               200 200 200 200 200 200 200 200 200
courses:picture               /courses/{course}/picture.png                     200 200 200 200 200 200 200 200 200
courses:prospectus            /courses/{course}/prospectus.pdf                  200 200 200 200 200 200 200 200 200
picture                       /picture.png                                      200 200 200 200 200 200 200 200 200
favicon                       /favicon.ico                                      go  go  go  go  go  go  go  go  go
enrollment:start              /apply/{code}/                                    200 200 200 200 200 200 200 200 200
enrollment:begin              /apply/{code}/about/                              200 go  go  go  go  go  go  go  go
enrollment:begun              /apply/{code}/begun/                              in  go  go  go  go  go  go  go  go
enrollment:applications       /applications/                                    in  200 200 200 200 200 200 200 200
enrollment:application        /applications/{reference}/                        in  404 200 404 404 404 404 404 404
enrollment:section            /applications/{reference}/about/                  in  404 200 404 404 404 404 404 404
enrollment:evidence           /applications/{reference}/evidence/               in  404 200 404 404 404 404 404 404
enrollment:declarations       /applications/{reference}/declarations/           in  404 200 404 404 404 404 404 404
enrollment:consents           /applications/{reference}/consents/               in  404 200 404 404 404 404 404 404
enrollment:check              /applications/{reference}/check/                  in  404 200 404 404 404 404 404 404
enrollment:sent               /applications/{reference}/sent/                   in  404 200 404 404 404 404 404 404
enrollment:copy               /applications/{reference}/copy.pdf                in  404 200 404 404 404 404 404 404
enrollment:accept_offer       /applications/{reference}/accept/                 in  404 go  404 404 404 404 404 404
enrollment:decline_offer      /applications/{reference}/decline-offer/          in  404 go  404 404 404 404 404 404
enrollment:keep_waiting       /applications/{reference}/keep-waiting/           in  404 go  404 404 404 404 404 404
enrollment:decline_by_link    /offers/{offer}/decline/                         200 200 200 200 200 200 200 200 200
enrollment:withdraw           /applications/{reference}/withdraw/               in  404 200 404 404 404 404 404 404
enrollment:leave              /applications/{reference}/leave/                  in  404 go  404 404 404 404 404 404
enrollment:document           /applications/{reference}/documents/{document}/   in  404 200 404 404 200 404 404 200
enrollment:preview            /applications/{reference}/documents/{document}/preview/  in  404 200 404 404 404 404 404 404
enrollment:document_page      /applications/{reference}/documents/{document}/pages/1/small.webp  in  404 200 404 404 200 404 404 200
enrollment:remove_document    /applications/{reference}/documents/{document}/remove/  in  405 405 405 405 405 405 405 405
enrollment:learn              /learn/                                           in  200 200 200 200 200 200 200 200
enrollment:cpd                /learn/cpd/                                       in  200 200 200 200 200 200 200 200
enrollment:cpd_pdf            /learn/cpd/transcript.pdf                         in  200 200 200 200 200 200 200 200
enrollment:cpd_credential     /learn/cpd/transcript.json                        in  404 404 200 404 404 404 404 404
enrollment:cpd_token          /learn/cpd/transcript.jwt                         in  404 404 200 404 404 404 404 404
enrollment:cpd_identity       /learn/cpd/ic-number/                             in  404 404 200 404 404 404 404 404
enrollment:calendar_address   /learn/calendar/                                  in  405 405 405 405 405 405 405 405
enrollment:calendar_feed      /learn/calendar/{feed}.ics                        200 200 200 200 200 200 200 200 200
enrollment:calendar_days      /learn/{enrollment}/days.ics                      in  404 404 200 404 404 404 404 404
enrollment:answer             /learn/{enrollment}/{module}/questions/answer/    in  405 405 405 405 405 405 405 405
enrollment:reading_place      /learn/{enrollment}/{module}/{topic}/place/       in  405 405 405 405 405 405 405 405
enrollment:enrollment         /learn/{enrollment}/                              in  404 404 200 404 404 404 404 404
enrollment:learn_module       /learn/{enrollment}/{module}/                     in  404 404 200 404 404 404 404 404
enrollment:learn_topic        /learn/{enrollment}/{module}/{topic}/             in  404 404 200 404 404 404 404 404
enrollment:questions          /learn/{enrollment}/{module}/questions/           in  404 404 200 404 404 404 404 404
enrollment:logbook            /learn/{enrollment}/logbook/                      in  404 404 200 404 404 404 404 404
enrollment:new_entry          /learn/{enrollment}/logbook/new/                  in  404 404 200 404 404 404 404 404
enrollment:logbook_entry      /learn/{enrollment}/logbook/{entry}/              in  404 404 200 404 404 404 404 404
enrollment:certificate        /learn/{enrollment}/certificate/                  in  404 404 200 404 404 404 404 404
enrollment:certificate_pdf    /certificates/{number}.pdf                        in  404 404 200 404 404 404 200 200
enrollment:certificate_picture  /certificates/{number}.webp                     in  404 404 200 404 404 404 200 200
enrollment:assess             /assess/                                          in  403 403 403 403 403 200 403 200
enrollment:assess_entry       /assess/{entry}/                                  in  403 403 403 403 403 200 403 200
enrollment:counter_entry      /assess/{entry}/counter/                        in  403 403 403 403 403 go  403 go
enrollment:assess_days        /assess/days/                                   in  403 403 403 403 403 200 403 200
enrollment:assess_day         /assess/days/{day}/                             in  403 403 403 403 403 200 403 200
enrollment:correct_mark       /assess/days/{day}/correct/{tick}/              in  403 403 403 403 403 200 403 200
enrollment:assess_learners    /assess/learners/                               in  403 403 403 403 403 200 403 200
enrollment:assess_skills      /assess/learners/{enrollment}/                  in  403 403 403 403 403 200 403 200
enrollment:verify             /verify/                                          200 200 200 200 200 200 200 200 200
enrollment:verify_number      /verify/{number}/                                 200 200 200 200 200 200 200 200 200
enrollment:verify_file        /verify/file/                                   go  go  go  go  go  go  go  go  go
enrollment:verify_credential  /verify/credential/                             go  go  go  go  go  go  go  go  go
enrollment:verify_json        /verify/{number}/status.json                    200 200 200 200 200 200 200 200 200
enrollment:shared_pdf         /verify/{number}/certificate.pdf                404 404 404 404 404 404 404 404 404
enrollment:shared_credential  /verify/{number}/credential.json                404 404 404 404 404 404 404 404 404
enrollment:shared_token       /verify/{number}/credential.jwt                 404 404 404 404 404 404 404 404 404
enrollment:shared_picture     /verify/{number}/picture.png                    404 404 404 404 404 404 404 404 404
enrollment:certificate_sharing /certificates/{number}/sharing/                 in  405 405 405 405 405 405 405 405
credentials:json              /certificates/{number}.json                     in  404 404 200 404 404 404 200 200
credentials:jwt               /certificates/{number}.jwt                      in  404 404 200 404 404 404 200 200
credentials:png               /certificates/{number}.png                      in  404 404 200 404 404 404 200 200
credentials:svg               /certificates/{number}.svg                      in  404 404 200 404 404 404 200 200
credentials:did_document      /.well-known/did.json                           200 200 200 200 200 200 200 200 200
credentials:key_set           /.well-known/jwks.json                          200 200 200 200 200 200 200 200 200
credentials:key               /.well-known/keys/{kid}.json                    200 200 200 200 200 200 200 200 200
credentials:statuses          /status/revocation/1                            200 200 200 200 200 200 200 200 200
account                       /account/                                         in  200 200 200 200 200 200 200 200
own_data                      /account/data/                                    in  200 200 200 200 200 200 200 200
export                        /account/data/export/                             in  go  go  go  go  go  go  go  go
erase                         /account/data/erase/                              in  200 200 200 200 200 200 200 200
theme                         /theme/                                           405 405 405 405 405 405 405 405 405
components                    /components/                                      404 404 404 404 200 200 200 200 200
healthz                       /healthz                                          200 200 200 200 200 200 200 200 200
robots                        /robots.txt                                       200 200 200 200 200 200 200 200 200
security_txt                  /.well-known/security.txt                         200 200 200 200 200 200 200 200 200
"""

# What an empty form gets. `200` shows the form again with what is wrong, `go` has done what can be done with nothing.
SENDING = """
home                          /                                                 405 405 405 405 405 405 405 405 405
courses:catalog               /courses/                                         405 405 405 405 405 405 405 405 405
courses:course                /courses/{course}/                                405 405 405 405 405 405 405 405 405
courses:module                /courses/{course}/{module}/                       405 405 405 405 405 405 405 405 405
courses:course_calendar       /courses/{course}/intakes.ics                     405 405 405 405 405 405 405 405 405
courses:intakes               /intakes/                                         405 405 405 405 405 405 405 405 405
courses:intake_calendar       /intakes/{code}.ics                               405 405 405 405 405 405 405 405 405
courses:interest              /interest/{course}/                               200 200 200 200 200 200 200 200 200
courses:interest_sent         /interest/sent/{course}/                          405 405 405 405 405 405 405 405 405
courses:interest_confirm      /interest/confirm/{confirm_key}/                  go  go  go  go  go  go  go  go  go
courses:interest_stop         /interest/stop/{stop_key}/                        200 200 200 200 200 200 200 200 200
courses:ask_anything          /ask/                                             200 200 200 200 200 200 200 200 200
courses:ask                   /ask/{course}/                                    200 200 200 200 200 200 200 200 200
courses:asked_anything        /asked/                                           405 405 405 405 405 405 405 405 405
courses:asked                 /asked/{course}/                                  405 405 405 405 405 405 405 405 405
courses:mark                  /accreditation/{mark}.png                         405 405 405 405 405 405 405 405 405
courses:article_list          /articles/                                        405 405 405 405 405 405 405 405 405
courses:article               /articles/{article}/                              405 405 405 405 405 405 405 405 405
courses:about                 /about/                                           405 405 405 405 405 405 405 405 405
courses:eligibility           /eligibility/                                     405 405 405 405 405 405 405 405 405
courses:sitemap               /sitemap.xml                                      405 405 405 405 405 405 405 405 405
courses:sitemap_part          /sitemap-courses.xml                              405 405 405 405 405 405 405 405 405
courses:feed                  /articles/feed.atom                               405 405 405 405 405 405 405 405 405
courses:picture               /courses/{course}/picture.png                     405 405 405 405 405 405 405 405 405
courses:prospectus            /courses/{course}/prospectus.pdf                  405 405 405 405 405 405 405 405 405
picture                       /picture.png                                      405 405 405 405 405 405 405 405 405
favicon                       /favicon.ico                                      405 405 405 405 405 405 405 405 405
enrollment:start              /apply/{code}/                                    in  go  go  go  go  go  go  go  go
enrollment:begin              /apply/{code}/about/                              200 go  go  go  go  go  go  go  go
enrollment:begun              /apply/{code}/begun/                              in  405 405 405 405 405 405 405 405
enrollment:applications       /applications/                                    in  405 405 405 405 405 405 405 405
enrollment:application        /applications/{reference}/                        in  405 405 405 405 405 405 405 405
enrollment:section            /applications/{reference}/about/                  in  404 go  404 404 404 404 404 404
enrollment:evidence           /applications/{reference}/evidence/               in  404 go  404 404 404 404 404 404
enrollment:declarations       /applications/{reference}/declarations/           in  404 go  404 404 404 404 404 404
enrollment:consents           /applications/{reference}/consents/               in  404 go  404 404 404 404 404 404
enrollment:check              /applications/{reference}/check/                  in  404 200 404 404 404 404 404 404
enrollment:sent               /applications/{reference}/sent/                   in  405 405 405 405 405 405 405 405
enrollment:copy               /applications/{reference}/copy.pdf                in  405 405 405 405 405 405 405 405
enrollment:accept_offer       /applications/{reference}/accept/                 in  404 go  404 404 404 404 404 404
enrollment:decline_offer      /applications/{reference}/decline-offer/          in  404 go  404 404 404 404 404 404
enrollment:keep_waiting       /applications/{reference}/keep-waiting/           in  404 go  404 404 404 404 404 404
enrollment:decline_by_link    /offers/{offer}/decline/                         200 200 200 200 200 200 200 200 200
enrollment:withdraw           /applications/{reference}/withdraw/               in  404 go  404 404 404 404 404 404
enrollment:leave              /applications/{reference}/leave/                  in  404 go  404 404 404 404 404 404
enrollment:document           /applications/{reference}/documents/{document}/   in  405 405 405 405 405 405 405 405
enrollment:preview            /applications/{reference}/documents/{document}/preview/  in  405 405 405 405 405 405 405 405
enrollment:document_page      /applications/{reference}/documents/{document}/pages/1/small.webp  in  405 405 405 405 405 405 405 405
enrollment:remove_document    /applications/{reference}/documents/{document}/remove/  in  404 go  404 404 404 404 404 404
enrollment:learn              /learn/                                           in  405 405 405 405 405 405 405 405
enrollment:cpd                /learn/cpd/                                       in  405 405 405 405 405 405 405 405
enrollment:cpd_pdf            /learn/cpd/transcript.pdf                         in  405 405 405 405 405 405 405 405
enrollment:cpd_credential     /learn/cpd/transcript.json                        in  405 405 405 405 405 405 405 405
enrollment:cpd_token          /learn/cpd/transcript.jwt                         in  405 405 405 405 405 405 405 405
enrollment:cpd_identity       /learn/cpd/ic-number/                             in  404 404 200 404 404 404 404 404
enrollment:calendar_address   /learn/calendar/                                  in  go  go  go  go  go  go  go  go
enrollment:calendar_feed      /learn/calendar/{feed}.ics                        405 405 405 405 405 405 405 405 405
enrollment:calendar_days      /learn/{enrollment}/days.ics                      in  405 405 405 405 405 405 405 405
enrollment:answer             /learn/{enrollment}/{module}/questions/answer/    in  404 404 404 404 404 404 404 404
enrollment:reading_place      /learn/{enrollment}/{module}/{topic}/place/       in  404 404 204 404 404 404 404 404
enrollment:enrollment         /learn/{enrollment}/                              in  405 405 405 405 405 405 405 405
enrollment:learn_module       /learn/{enrollment}/{module}/                     in  405 405 405 405 405 405 405 405
enrollment:learn_topic        /learn/{enrollment}/{module}/{topic}/             in  404 404 go  404 404 404 404 404
enrollment:questions          /learn/{enrollment}/{module}/questions/           in  404 404 go  404 404 404 404 404
enrollment:logbook            /learn/{enrollment}/logbook/                      in  405 405 405 405 405 405 405 405
enrollment:new_entry          /learn/{enrollment}/logbook/new/                  in  404 404 200 404 404 404 404 404
enrollment:logbook_entry      /learn/{enrollment}/logbook/{entry}/              in  404 404 go  404 404 404 404 404
enrollment:certificate        /learn/{enrollment}/certificate/                  in  405 405 405 405 405 405 405 405
enrollment:certificate_pdf    /certificates/{number}.pdf                        in  405 405 405 405 405 405 405 405
enrollment:certificate_picture  /certificates/{number}.webp                     in  405 405 405 405 405 405 405 405
enrollment:assess             /assess/                                          in  405 405 405 405 405 405 405 405
enrollment:assess_entry       /assess/{entry}/                                  in  403 403 403 403 403 200 403 200
enrollment:counter_entry      /assess/{entry}/counter/                        in  403 403 403 403 403 go  403 go
enrollment:assess_days        /assess/days/                                   in  405 405 405 405 405 405 405 405
enrollment:assess_day         /assess/days/{day}/                             in  403 403 403 403 403 go  403 go
enrollment:correct_mark       /assess/days/{day}/correct/{tick}/              in  403 403 403 403 403 200 403 200
enrollment:assess_learners    /assess/learners/                               in  405 405 405 405 405 405 405 405
enrollment:assess_skills      /assess/learners/{enrollment}/                  in  403 403 403 403 403 go  403 go
enrollment:verify             /verify/                                          405 405 405 405 405 405 405 405 405
enrollment:verify_number      /verify/{number}/                                 405 405 405 405 405 405 405 405 405
enrollment:verify_file        /verify/file/                                   200 200 200 200 200 200 200 200 200
enrollment:verify_credential  /verify/credential/                             200 200 200 200 200 200 200 200 200
enrollment:verify_json        /verify/{number}/status.json                    405 405 405 405 405 405 405 405 405
enrollment:shared_pdf         /verify/{number}/certificate.pdf                405 405 405 405 405 405 405 405 405
enrollment:shared_credential  /verify/{number}/credential.json                405 405 405 405 405 405 405 405 405
enrollment:shared_token       /verify/{number}/credential.jwt                 405 405 405 405 405 405 405 405 405
enrollment:shared_picture     /verify/{number}/picture.png                    405 405 405 405 405 405 405 405 405
enrollment:certificate_sharing /certificates/{number}/sharing/                 in  404 404 go  404 404 404 go  go
credentials:json              /certificates/{number}.json                     in  405 405 405 405 405 405 405 405
credentials:jwt               /certificates/{number}.jwt                      in  405 405 405 405 405 405 405 405
credentials:png               /certificates/{number}.png                      in  405 405 405 405 405 405 405 405
credentials:svg               /certificates/{number}.svg                      in  405 405 405 405 405 405 405 405
credentials:did_document      /.well-known/did.json                           405 405 405 405 405 405 405 405 405
credentials:key_set           /.well-known/jwks.json                          405 405 405 405 405 405 405 405 405
credentials:key               /.well-known/keys/{kid}.json                    405 405 405 405 405 405 405 405 405
credentials:statuses          /status/revocation/1                            405 405 405 405 405 405 405 405 405
account                       /account/                                         in  200 200 200 200 200 200 200 200
own_data                      /account/data/                                    in  405 405 405 405 405 405 405 405
export                        /account/data/export/                             in  go  go  go  go  go  go  go  go
erase                         /account/data/erase/                              in  go  go  go  go  go  go  go  go
theme                         /theme/                                           go  go  go  go  go  go  go  go  go
components                    /components/                                      405 405 405 405 405 405 405 405 405
healthz                       /healthz                                          405 405 405 405 405 405 405 405 405
robots                        /robots.txt                                       405 405 405 405 405 405 405 405 405
security_txt                  /.well-known/security.txt                         405 405 405 405 405 405 405 405 405
"""

# Proven where they are at home: allauth's doors, the office, and a health check that asks the whole machine.
ELSEWHERE = ("account_", "mfa_", "admin:", "readyz")


def rows(table):
    lines = [line.split() for line in table.strip().splitlines()]
    return [pytest.param(path, cells, id=name) for name, path, *cells in lines]


def answer(client, person, method, path) -> str:
    """What this person gets, with everything undone afterwards."""
    with transaction.atomic():
        client.logout()
        if person:
            client.force_login(person)
        response = getattr(client, method)(path)
        transaction.set_rollback(True)
    if response.status_code in (301, 302):
        return "in" if response.url.startswith("/accounts/login/") else "go"
    return str(response.status_code)


def answers(client, people, method, path):
    return {name: answer(client, person, method, path) for name, person in people.items()}


@pytest.mark.parametrize(("path", "cells"), rows(READING))
def test_reading(client, world, people, path, cells):
    assert answers(client, people, "get", path.format(**world)) == dict(zip(COLUMNS, cells, strict=True))


@pytest.mark.parametrize(("path", "cells"), rows(SENDING))
def test_sending(client, world, people, path, cells):
    assert answers(client, people, "post", path.format(**world)) == dict(zip(COLUMNS, cells, strict=True))


def addresses(resolver, space=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield space + entry.name


@pytest.mark.parametrize("table", [READING, SENDING])
def test_every_address_has_a_row(table):
    here = {name for name in addresses(get_resolver()) if not name.startswith(ELSEWHERE)}
    assert {parameters.id for parameters in rows(table)} == here
