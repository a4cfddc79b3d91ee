"""Web: login page, client shell, and the screens described by the view files of installed addons."""
