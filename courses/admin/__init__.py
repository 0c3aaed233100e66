from . import articles, catalog, modules, questions, reference, topics

__all__ = ["articles", "catalog", "modules", "questions", "reference", "topics"]
