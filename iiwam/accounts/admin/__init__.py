from iiwam.accounts.admin import jobs, people

__all__ = ["jobs", "people"]
