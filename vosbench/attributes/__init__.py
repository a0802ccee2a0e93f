"""What makes a sequence hard, as far as its annotations tell."""

from vosbench.attributes.definitions import ATTRIBUTES, Attribute, Held
from vosbench.attributes.measures import Measures
from vosbench.attributes.objects import ObjectAttributes, attributes_of

__all__ = ["ATTRIBUTES", "Attribute", "Held", "Measures", "ObjectAttributes", "attributes_of"]
