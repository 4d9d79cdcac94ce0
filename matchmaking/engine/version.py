"""The version that a ranking names: it changes whenever the same facts could give other numbers."""

ENGINE_VERSION = "1.0.0"
