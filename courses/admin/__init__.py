from . import articles, catalog, interest, modules, questions, reference, scope, topics

__all__ = ["articles", "catalog", "interest", "modules", "questions", "reference", "scope", "topics"]
