"""Presets shipped with the wheel as ``pos_trace.presets``: provinces, printers, law, goods, forms, deployment."""
