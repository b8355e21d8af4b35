"""Windows, pages, models, dialogs and presenters: they show and ask, services decide."""
