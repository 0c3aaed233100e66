from django.core.mail.backends.filebased import EmailBackend


class DemoBackend(EmailBackend):
    pass
