"""What the API takes and gives, as strict types: the document is made from them, every field described."""
