/// Percent-encoding for URLs: everything but the unreserved characters of RFC 3986.
enum PercentEncoding {
    /// For one path segment or one query name or value.
    static func segment(_ text: String) -> String { encoded(text, keeping: "") }

    /// For a path of several segments: slashes stay, and `:`, which the names of RBAC and of proxied ports contain.
    static func path(_ text: String) -> String { encoded(text, keeping: "/:") }

    private static func encoded(_ text: String, keeping kept: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case _ where kept.utf8.contains(byte):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
