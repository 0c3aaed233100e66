"""The line icons: 20 units square, one path each, drawn with the current text color."""

from django.utils.html import format_html

PATHS = {
    "check": "M4 10.5l4 4 8-9",
    "cross": "M5 5l10 10M15 5L5 15",
    "alert": "M10 2.8L18.3 17H1.7zM10 8v4.2M10 14.6v.1",
    "info": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.2v4.6M10 6.4v.1",
    "right": "M3.5 10h13M11.5 5l5 5-5 5",
    "left": "M16.5 10h-13M8.5 5l-5 5 5 5",
    "down": "M5 7.5l5 5 5-5",
    "search": "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.4 13.4L17.5 17.5",
    "download": "M10 3v9.5M6 9l4 4 4-4M3.5 17h13",
    "print": "M6 7V2.8h8V7M6 14.2H3.3V7h13.4v7.2H14M6 12h8v5.2H6z",
    "calendar": "M3 4.8h14V17H3zM3 8.6h14M6.7 2.6v3.6M13.3 2.6v3.6",
    "file": "M5 2.6h6.5L15.5 6.6V17.4H5zM11.5 2.6v4h4",
    "upload": "M10 13V3.5M6 7l4-4 4 4M3.5 17h13",
    "lock": "M4.5 9h11v8.2h-11zM7 9V6.2a3 3 0 0 1 6 0V9",
    "menu": "M2.5 5.5h15M2.5 10h15M2.5 14.5h15",
    "globe": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM2.5 10h15M10 2.5c2.2 2.3 3.2 4.8 3.2 7.5s-1 5.2-3.2 7.5c-2.2-2.3-3.2-4.8-3.2-7.5s1-5.2 3.2-7.5z",
    "shield": "M10 2.4l6.5 2.4v5c0 3.9-2.6 6.5-6.5 7.8-3.9-1.3-6.5-3.9-6.5-7.8v-5zM6.8 10l2.3 2.4 4.2-4.7",
    "clock": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.8V10l2.8 2",
    "ban": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM4.8 4.8l10.4 10.4",
    "question": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.8 7.9c0-1.3 1-2.1 2.2-2.1s2.2.8 2.2 2c0 1.6-2.2 1.7-2.2 3.4M10 13.9v.1",
    "mail": "M2.8 4.5h14.4v11H2.8zM2.8 5.5L10 11l7.2-5.5",
    "video": "M2.5 5h10.3v10H2.5zM12.8 8.6l4.7-2.4v7.6l-4.7-2.4",
}

ICONS = {
    name: format_html('<svg class="ico" viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/></svg>', path)
    for name, path in PATHS.items()
}
