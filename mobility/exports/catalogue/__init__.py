"""The platform's open data as a catalogue for data portals (DCAT-AP 3)."""
