"""One module a format; each writes the records of `mobility.exports.sources` in constant memory."""
