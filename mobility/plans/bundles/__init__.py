"""City bundles: reading, checking and loading a whole consultation from files (docs/bundle.md)."""

from mobility.plans.bundles.faults import BundleRefused, Fault
from mobility.plans.bundles.load import LoadReport, PlanEdited, load_bundle
from mobility.plans.bundles.load_missing import LoadRefused
from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.read import inspect_bundle, read_bundle, validate_bundle

__all__ = [
    "Bundle",
    "BundleRefused",
    "Fault",
    "LoadRefused",
    "LoadReport",
    "PlanEdited",
    "inspect_bundle",
    "load_bundle",
    "read_bundle",
    "validate_bundle",
]
