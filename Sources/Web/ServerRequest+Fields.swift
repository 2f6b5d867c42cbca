import HTTPServer

extension ServerRequest {
    /// The first value of a header given in lower case, compared byte by byte: the hot path makes no new strings.
    func field(_ name: StaticString) -> String? {
        name.withUTF8Buffer { wanted in
            headers.first { header in
                header.name.utf8.count == wanted.count
                    && zip(header.name.utf8, wanted).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && $0 < 0x60) }
            }?.value
        }
    }

    func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }
}
