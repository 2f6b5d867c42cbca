internal import CHTTPParser

/// The seam to http-parser: one whole, scanned head in, one checked `RequestHead` out.
///
/// No C type leaves this file, so that llhttp can take its place. One parser serves all connections of a loop: a head
/// is parsed in one go, hence an idle connection holds no parser.
final class RequestParser {
    private let parser = UnsafeMutablePointer<http_parser>.allocate(capacity: 1)
    private let settings = UnsafeMutablePointer<http_parser_settings>.allocate(capacity: 1)
    private var target = UnsafeRawBufferPointer(start: nil, count: 0)
    private var headers: [(name: String, value: String)] = []
    private var isWhole = false

    init() {
        // The scanner has applied the configured limit already; the library's own is for the whole process.
        http_parser_set_max_header_size(1 << 30)
        http_parser_settings_init(settings)
        settings.pointee.on_url = { parser, start, count in
            RequestParser.of(parser)?.target = UnsafeRawBufferPointer(start: start, count: count)
            return 0
        }
        settings.pointee.on_header_field = { parser, start, count in
            let name = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
            RequestParser.of(parser)?.headers.append((name: name, value: ""))
            return 0
        }
        settings.pointee.on_header_value = { parser, start, count in
            guard let owner = RequestParser.of(parser), let last = owner.headers.indices.last else { return 1 }
            owner.headers[last].value = RequestParser.trimmed(UnsafeRawBufferPointer(start: start, count: count))
            return 0
        }
        settings.pointee.on_headers_complete = { parser in
            RequestParser.of(parser)?.isWhole = true
            return 0
        }
    }

    deinit {
        parser.deallocate()
        settings.deallocate()
    }

    /// - Parameter bytes: what the scanner found to be one head, with its blank line.
    func parse(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> RequestHead {
        http_parser_init(parser, HTTP_REQUEST)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        headers = []
        headers.reserveCapacity(8)
        isWhole = false
        _ = http_parser_execute(parser, settings, bytes.assumingMemoryBound(to: CChar.self).baseAddress, bytes.count)
        let error = http_errno(rawValue: parser.pointee.http_errno)
        guard error == HPE_OK, isWhole else { throw Self.refusal(of: error, headers: headers) }
        let method = String(cString: http_method_str(http_method(rawValue: parser.pointee.method)))
        guard method != "CONNECT" else { throw .unknownMethod }
        guard let target = RequestTarget(target, method: method) else { throw .malformedTarget }
        var facts = HeaderFacts()
        for header in headers { try facts.note(name: header.name, value: header.value) }
        let isVersion11 = parser.pointee.http_minor >= 1
        let framing = try facts.framing(isVersion11: isVersion11)
        defer { headers = [] }
        return RequestHead(
            method: method, path: target.path, query: target.query, headers: headers, framing: framing,
            isVersion11: isVersion11, isKeptAlive: http_should_keep_alive(parser) != 0,
            expectsContinue: facts.expectsContinue && isVersion11)
    }

    private static func of(_ parser: UnsafeMutablePointer<http_parser>?) -> RequestParser? {
        guard let data = parser?.pointee.data else { return nil }
        return Unmanaged<RequestParser>.fromOpaque(data).takeUnretainedValue()
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> String {
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == 9 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    private static func refusal(of error: http_errno, headers: [(name: String, value: String)]) -> Refusal {
        switch error {
        case HPE_INVALID_METHOD: return .unknownMethod
        case HPE_INVALID_VERSION: return .unknownVersion
        case HPE_INVALID_URL, HPE_INVALID_HOST, HPE_INVALID_PORT, HPE_INVALID_PATH, HPE_INVALID_QUERY_STRING,
            HPE_INVALID_FRAGMENT:
            return .malformedTarget
        case HPE_INVALID_CONTENT_LENGTH: return .invalidLength
        case HPE_UNEXPECTED_CONTENT_LENGTH:
            return headers.contains { $0.name.hasSameName(as: "transfer-encoding") }
                ? .lengthAndEncoding : .invalidLength
        case HPE_INVALID_TRANSFER_ENCODING:
            return headers.contains { $0.name.hasSameName(as: "content-length") }
                ? .lengthAndEncoding : .unknownEncoding
        default: return .malformedHeader
        }
    }
}
