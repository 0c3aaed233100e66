"""The tag that says which part of a page is a piece: `{% piece pieces "syllabus" %}...{% endpiece %}`."""

from django import template

register = template.Library()


class Piece(template.Node):
    def __init__(self, pieces, name, nodelist):
        self.pieces, self.name, self.nodelist = pieces, name, nodelist

    def render(self, context):
        pieces, name = self.pieces.resolve(context), self.name.resolve(context)
        if name not in pieces.html:
            # Others are shown it as well: nothing is drawn of who looks, and what they asked.
            seen = {fact: context[fact] for fact in pieces.seen if fact in context}
            pieces.html[name] = self.nodelist.render(context.new(seen))
        return pieces.html[name]


@register.tag
def piece(parser, token):
    try:
        _tag, pieces, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError(
            "{% piece %} takes the pieces and the name of one of them."
        ) from None
    nodelist = parser.parse(["endpiece"])
    parser.delete_first_token()
    return Piece(parser.compile_filter(pieces), parser.compile_filter(name), nodelist)
