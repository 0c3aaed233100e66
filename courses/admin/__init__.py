from . import articles, catalog, interest, modules, questions, reference, topics

__all__ = ["articles", "catalog", "interest", "modules", "questions", "reference", "topics"]
