"""HTTP: routes and pages. A handler reads input, calls one verb, shows its answer."""
