"""What benches are measured against: the same work by the shortest means. Imports nothing from the product."""

import biip
from biip.gs1_digital_link_uris import GS1DigitalLinkURI


def read_link(text: str) -> list[tuple[str, str]]:
    """Elements of a Digital Link, by biip's own parser; raises ``ValueError`` when it refuses."""
    try:
        return [(element.ai.ai, element.value) for element in GS1DigitalLinkURI.parse(text).element_strings]
    except biip.ParseError as error:
        raise ValueError(text) from error
