"""Pictures of concepts, drawn by their implementations; how they are declared is said in :mod:`kg.site.pictures`."""
