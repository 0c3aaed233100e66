"""Short lists that ride along with the record they belong to, so that a page asks once instead of once a list."""

from django.db import models
from django.db.models import Aggregate, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject


class JsonRows(Aggregate):
    """The rows of a group as one JSON list, in no order that can be relied on."""

    function = "JSON_GROUP_ARRAY"
    output_field = models.JSONField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def rows_of(records: QuerySet, *names: str) -> Subquery:
    """Records that an OuterRef ties to their parent, as dictionaries of these values; None when there are none."""
    one_group = records.order_by().annotate(group=Value(1)).values("group")
    return Subquery(
        one_group.annotate(rows=JsonRows(JSONObject(**{name: name for name in names}))).values("rows")
    )
